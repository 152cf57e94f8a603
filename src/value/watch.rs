//! What a program does with some values besides handing them on.
//!
//! Where a value is only handed on, the result for another value is known without computing it: the other value stands
//! where this one stood. That is what a chart rests on, so it is watched while objects are made:
//!
//! - A watched value is written at a *place* of its own, and a value's place goes with it wherever it is handed on as it is.
//! - Inside other texts, where places do not reach, a watched text is found again by its *word*: an unlikely text that
//!   stands for it. An integer or a boolean that becomes text becomes its word.
//! - Whatever looks *into* a value — an operator, a builtin — notes that it did. What was compared with a number that is
//!   known, or asked for a part of its text, can still be told; after any other look a value is no longer only handed on.
//! - An option under watch hides the definitions whose place the watched value took. They are kept aside: an option that
//!   some other watched value is handed on to is not one of its own. Where nobody else defines it, it is not there.

use ecow::EcoString;
use rustc_hash::FxHashMap;

use super::{Kind, Value};
use crate::source::Span;
use crate::types::Scalar;

/// The values that are watched, and what was seen of them.
#[derive(Debug)]
pub struct Watch {
    /// The place of the first value; that of the next one is one further, and behind the last one are those of the names.
    first: u32,
    /// How all words begin; nothing else in the program's texts does.
    prefix: EcoString,
    values: Vec<Watched>,
    /// Integers that were compared with each other.
    orders: Vec<Order>,
    /// Texts that were asked whether they are the same, and are not; the first of two before the second.
    differences: Vec<(usize, usize)>,
}

/// What was found of two watched integers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Order {
    /// The lesser one, or the equal one.
    pub lesser: usize,
    /// The other one.
    pub greater: usize,
    /// Whether it is greater, and not equal.
    pub strict: bool,
}

/// A watched value.
#[derive(Debug)]
pub struct Watched {
    /// The value itself.
    pub real: Scalar,
    /// Whether its word stands for it from the beginning. Else its type refuses the word.
    pub by_word: bool,
    /// What looked into it.
    pub looks: Vec<Look>,
}

/// What looks into a value want to know.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Look {
    /// Whether an integer is at least this; a boolean is 0 or 1.
    AtLeast(i64),
    /// Whether a text contains another one.
    Contains(EcoString),
    /// Whether a text is this one, which it is not.
    Differs(EcoString),
    /// Anything else.
    Other,
}

/// A piece of a text with words in it.
#[derive(Debug, PartialEq)]
pub enum Fragment<'a> {
    /// What no watched value is in.
    Text(&'a str),
    /// The word of a value.
    Word(usize),
    /// The beginning of a word: something was cut off.
    Torn,
}

impl Watch {
    /// A watch over `values`, the first of which is written at `first`, with two places more than there are values. `prefix` is of
    /// small letters, and occurs nowhere.
    pub fn new(first: u32, prefix: EcoString, values: Vec<Watched>) -> Watch {
        Watch { first, prefix, values, orders: Vec::new(), differences: Vec::new() }
    }

    /// The values.
    pub fn values(&self) -> &[Watched] {
        &self.values
    }

    /// What was found of two of the values.
    pub fn orders(&self) -> &[Order] {
        &self.orders
    }

    /// Texts of which it was found that they are not the same.
    pub fn differences(&self) -> &[(usize, usize)] {
        &self.differences
    }

    /// The place of a value.
    pub fn place(&self, at: usize) -> Span {
        let start = self.first + at as u32;
        Span::new(start, start + 1)
    }

    /// Where the names are written under which values are watched that others define: by itself, none of them is there.
    pub fn names(&self) -> Span {
        self.place(self.values.len())
    }

    /// Where the names of options are written that nobody else defines.
    pub fn own_names(&self) -> Span {
        self.place(self.values.len() + 1)
    }

    /// Whether a name under which a value is watched is written there.
    pub fn is_name(&self, place: Span) -> bool {
        place == self.names() || place == self.own_names()
    }

    /// The value that is written at `place`.
    pub fn at(&self, place: Span) -> Option<usize> {
        let at = place.lo.checked_sub(self.first)? as usize;
        (at < self.values.len()).then_some(at)
    }

    /// The word that stands for a value.
    pub fn word(&self, at: usize) -> EcoString {
        ecow::eco_format!("{}{at}x", self.prefix)
    }

    /// The value as the program gets it.
    pub fn value(&self, at: usize) -> Value {
        let watched = &self.values[at];
        let kind = match &watched.real {
            _ if watched.by_word => Kind::Str(self.word(at)),
            Scalar::Null => Kind::Null,
            Scalar::Bool(value) => Kind::Bool(*value),
            Scalar::Int(value) => Kind::Int(*value),
            Scalar::Float(value) => Kind::Float(*value),
            Scalar::Str(text) => Kind::Str(text.clone()),
        };
        Value::new(kind, self.place(at))
    }

    /// Whether words could be in a text.
    pub fn may_be_in(&self, text: &str) -> bool {
        text.contains(self.prefix.as_str())
    }

    /// A text, taken apart at the words in it.
    pub fn fragments<'a>(&self, text: &'a str) -> Vec<Fragment<'a>> {
        let mut fragments = Vec::new();
        let mut rest = text;
        while let Some(start) = rest.find(self.prefix.as_str()) {
            if start > 0 {
                fragments.push(Fragment::Text(&rest[..start]));
            }
            let word = &rest[start + self.prefix.len()..];
            let digits = word.bytes().take_while(u8::is_ascii_digit).count();
            let number = word[..digits].parse().ok().filter(|&at: &usize| at < self.values.len());
            match number.filter(|_| word[digits..].starts_with('x')) {
                Some(at) => {
                    fragments.push(Fragment::Word(at));
                    rest = &word[digits + 1..];
                }
                None => {
                    fragments.push(Fragment::Torn);
                    rest = word;
                }
            }
        }
        if !rest.is_empty() {
            fragments.push(Fragment::Text(rest));
        }
        fragments
    }

    /// A text with the values themselves in the places of their words.
    pub fn real(&self, text: &str) -> EcoString {
        let mut real = EcoString::new();
        for fragment in self.fragments(text) {
            match fragment {
                Fragment::Text(text) => real.push_str(text),
                Fragment::Word(at) => match &self.values[at].real {
                    Scalar::Str(text) => real.push_str(text),
                    other => real.push_str(&ecow::eco_format!("{other}")),
                },
                Fragment::Torn => {}
            }
        }
        real
    }

    /// Something looked into `value`.
    pub fn note(&mut self, value: &Value, look: &Look) {
        if let Some(at) = self.at(value.origin) {
            self.add(at, look.clone());
        } else if let Kind::Str(text) = &value.kind {
            self.note_text(text, look);
        }
    }

    /// Something looked into a text.
    pub fn note_text(&mut self, text: &str, look: &Look) {
        if !self.may_be_in(text) {
            return;
        }
        let fragments: FxHashMap<usize, ()> = self
            .fragments(text)
            .into_iter()
            .filter_map(|fragment| if let Fragment::Word(at) = fragment { Some((at, ())) } else { None })
            .collect();
        // What holds for the whole text says nothing of a part of it.
        let whole = fragments.len() == 1 && fragments.keys().all(|&at| self.word(at) == text);
        for at in fragments.into_keys() {
            self.add(at, if whole { look.clone() } else { Look::Other });
        }
    }

    /// It was asked whether one watched integer is below another.
    pub fn note_order(&mut self, a: &Value, b: &Value, below: bool) {
        let (Some(a), Some(b)) = (self.at(a.origin), self.at(b.origin)) else { return };
        let (lesser, greater) = if below { (a, b) } else { (b, a) };
        let order = Order { lesser, greater, strict: below };
        if lesser != greater && !self.orders.contains(&order) {
            self.orders.push(order);
        }
    }

    /// What was seen by all of these, each of which watched the same values in a part of the program, in an order that says
    /// nothing of the parts.
    pub fn together(watches: impl IntoIterator<Item = Watch>) -> Option<Watch> {
        let mut watches = watches.into_iter();
        let mut whole = watches.next()?;
        for other in watches {
            for (values, others) in whole.values.iter_mut().zip(other.values) {
                values.looks.extend(others.looks);
            }
            whole.orders.extend(other.orders);
            whole.differences.extend(other.differences);
        }
        whole.orders.sort_unstable();
        whole.orders.dedup();
        whole.differences.sort_unstable();
        whole.differences.dedup();
        for watched in &mut whole.values {
            watched.looks.sort_unstable();
            watched.looks.dedup();
        }
        Some(whole)
    }

    /// It was asked whether two texts are the same. As long as they are not, it does not matter what else they are.
    pub fn note_equality(&mut self, a: &Value, b: &Value) {
        match (self.whole(a), self.whole(b)) {
            (Some(a), Some(b)) if a == b => {}
            (Some(a), Some(b)) if self.values[a].real != self.values[b].real => {
                let difference = (a.min(b), a.max(b));
                if !self.differences.contains(&difference) {
                    self.differences.push(difference);
                }
            }
            (Some(at), None) if !self.is_in(b) => self.note_known(at, b),
            (None, Some(at)) if !self.is_in(a) => self.note_known(at, a),
            _ => {
                self.note(a, &Look::Other);
                self.note(b, &Look::Other);
            }
        }
    }

    fn note_known(&mut self, at: usize, known: &Value) {
        match &known.kind {
            Kind::Str(text) if self.values[at].real != Scalar::Str(text.clone()) => {
                self.add(at, Look::Differs(text.clone()));
            }
            _ => self.add(at, Look::Other),
        }
    }

    /// The watched value that a text is, and not only has in it.
    fn whole(&self, value: &Value) -> Option<usize> {
        let Kind::Str(text) = &value.kind else { return None };
        let word = || match self.fragments(text)[..] {
            [Fragment::Word(at)] => Some(at),
            _ => None,
        };
        self.at(value.origin).or_else(word)
    }

    /// Whether a scalar is a watched one, or has one in its text.
    pub fn is_in(&self, value: &Value) -> bool {
        self.at(value.origin).is_some() || matches!(&value.kind, Kind::Str(text) if self.may_be_in(text))
    }

    fn add(&mut self, at: usize, look: Look) {
        let looks = &mut self.values[at].looks;
        if !looks.contains(&look) {
            looks.push(look);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Fragment, Look, Watch, Watched};
    use crate::source::Span;
    use crate::types::Scalar;
    use crate::value::{Kind, Value};

    fn watch() -> Watch {
        let text = |text: &str| Watched { real: Scalar::Str(text.into()), by_word: true, looks: Vec::new() };
        let number = Watched { real: Scalar::Int(3), by_word: false, looks: Vec::new() };
        Watch::new(100, "qq".into(), vec![text("a"), number, text("b")])
    }

    #[test]
    fn words_are_found_in_texts() {
        let watch = watch();
        let text = format!("http://{}.x/{}qq7x", watch.word(2), watch.word(1));
        let expected = [
            Fragment::Text("http://"),
            Fragment::Word(2),
            Fragment::Text(".x/"),
            Fragment::Word(1),
            Fragment::Torn,
            Fragment::Text("7x"),
        ];
        assert_eq!(watch.fragments(&text), expected);
        assert_eq!(watch.real(&format!("{}{}", watch.word(0), watch.word(1))), "a3");
    }

    #[test]
    fn equality_of_texts_is_noted_as_far_as_it_can_be_told() {
        let text = |text: &str| Value::string(text, Span::NONE);
        let mut watch = watch();
        let (a, b) = (watch.value(0), watch.value(2));
        watch.note_equality(&b, &a);
        watch.note_equality(&a, &a);
        watch.note_equality(&text("z"), &text(&watch.word(0)));
        assert_eq!(watch.differences(), [(0, 2)]);
        assert_eq!(watch.values()[0].looks, [Look::Differs("z".into())]);
        assert_eq!(watch.values()[2].looks, []);
        // It is this text, or it is only a part of what is compared.
        watch.note_equality(&a, &text("a"));
        watch.note_equality(&b, &text(&format!("x{}", watch.word(0))));
        assert!([0, 2].iter().all(|&at| watch.values()[at].looks.contains(&Look::Other)));
    }

    #[test]
    fn looks_are_noted_at_the_value_that_they_are_about() {
        let mut watch = watch();
        watch.note(&Value::int(3, Span::new(101, 102)), &Look::AtLeast(2));
        watch.note(&Value::int(3, Span::new(7, 8)), &Look::Other);
        let whole = Value::string(watch.word(0), Span::NONE);
        watch.note(&whole, &Look::Contains("@".into()));
        watch.note_text(&format!("{}:1", watch.word(2)), &Look::Contains("@".into()));
        let looks = |watch: &Watch| watch.values().iter().map(|value| value.looks.clone()).collect::<Vec<_>>();
        assert_eq!(looks(&watch), [vec![Look::Contains("@".into())], vec![Look::AtLeast(2)], vec![Look::Other]]);
        assert!(matches!(watch.value(0).kind, Kind::Str(text) if text == "qq0x"));
    }
}
