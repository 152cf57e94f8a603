//! Where evaluation looks into a watched value. See [`crate::value::watch`].

use ecow::EcoString;

use crate::value::watch::Look;
use crate::value::{Evaluator, Kind, Value};

impl Evaluator {
    /// Something looks into `value`, and what comes of it may be another thing for another value.
    #[inline]
    pub fn looks_into(&mut self, value: &Value) {
        if let Some(watch) = &mut self.watch {
            watch.note(value, &Look::Other);
        }
    }

    /// A boolean decides something. It is asked as the number that it is: false is 0, and true is 1.
    #[inline]
    pub fn decides(&mut self, value: &Value) {
        if let Some(watch) = &mut self.watch {
            watch.note(value, &Look::AtLeast(1));
        }
    }

    /// The word of a watched number or boolean that is written as data, where that is a text of itself.
    pub fn written_as_data(&self, value: &Value) -> Option<EcoString> {
        let watch = self.watch.as_ref()?;
        let at = watch.at(value.origin)?;
        matches!(value.kind, Kind::Int(_) | Kind::Bool(_)).then(|| watch.word(at))
    }

    /// Two values are compared: `order` says whether it matters which is greater.
    #[inline]
    pub(super) fn compares(&mut self, a: &Value, b: &Value, order: bool) {
        if self.watch.is_some() {
            self.note_comparison(a, b, order);
        }
    }

    fn note_comparison(&mut self, a: &Value, b: &Value, order: bool) {
        let Some(watch) = &mut self.watch else { return };
        match (&a.kind, &b.kind, watch.at(a.origin).is_some(), watch.at(b.origin).is_some()) {
            (Kind::Int(_), &Kind::Int(number), true, false) => {
                watch.note(a, &Look::AtLeast(number));
                if !order {
                    watch.note(a, &Look::AtLeast(number.saturating_add(1)));
                }
            }
            (&Kind::Int(number), Kind::Int(_), false, true) => {
                watch.note(b, &Look::AtLeast(number.saturating_add(1)));
                if !order {
                    watch.note(b, &Look::AtLeast(number));
                }
            }
            (Kind::Bool(_), Kind::Bool(_), ..) => {
                watch.note(a, &Look::AtLeast(1));
                watch.note(b, &Look::AtLeast(1));
            }
            (Kind::Str(_), Kind::Str(_), ..) if !order => watch.note_equality(a, b),
            (&Kind::Int(left), &Kind::Int(right), true, true) if order => watch.note_order(a, b, left < right),
            _ => {
                watch.note(a, &Look::Other);
                watch.note(b, &Look::Other);
            }
        }
    }

    /// A value becomes text, or part of one. A watched integer becomes its word.
    #[inline]
    pub(super) fn written(&mut self, value: &Value) -> Option<EcoString> {
        let watch = self.watch.as_mut()?;
        let at = watch.at(value.origin)?;
        match value.kind {
            Kind::Int(_) => Some(watch.word(at)),
            Kind::Str(_) if watch.values()[at].by_word => None,
            _ => {
                watch.note(value, &Look::Other);
                None
            }
        }
    }

    /// Whether `text` contains `part`.
    pub fn contains_text(&mut self, text: &Value, part: &str) -> bool {
        let Kind::Str(found) = &text.kind else { return false };
        match &mut self.watch {
            None => found.contains(part),
            Some(watch) => {
                watch.note(text, &Look::Contains(part.into()));
                watch.real(found).contains(part)
            }
        }
    }
}
