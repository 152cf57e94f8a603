//! What the declarations of one option say together.
//!
//! Several modules may declare one option. Their types become one type that both agree to
//! ([`Evaluator::joined_type`]); what only one of them can mean (a default, a description) is said by one.

use super::errors;
use super::site::Site;
use super::submodule::Submodule;
use super::words::words;
use crate::source::Span;
use crate::types::{ModuleType, Type, TypeRef};
use crate::value::{Attr, Attrs, AttrsBuilder, Evaluator, Kind, Result, Value};

/// The declarations of an option, as one.
pub(super) struct Declared {
    /// What they say; of several types the last one.
    pub(super) says: Attrs,
    /// The types that they name, with the place of the declaration, where there are several declarations.
    types: Vec<(Attr, Span)>,
    /// Where the option is declared first.
    first: Span,
    /// Where it is declared again, in the order of the modules.
    further: Vec<Span>,
}

/// A set of declarations, and where it was written.
pub(super) type DeclaredSet = (Attrs, Span);

impl Evaluator {
    /// One declaration of several. `groups` are sets of options at the place of the option: these are
    /// further options of its submodule, if it is one.
    pub(super) fn one_declaration(
        &mut self,
        options: Vec<DeclaredSet>,
        groups: Vec<DeclaredSet>,
        site: &Site,
    ) -> Result<Declared> {
        let said = once_each(&options, site);
        let several = options.len() + groups.len() > 1;
        let mut options = options.into_iter();
        let (says, first) = options.next().unwrap_or_default();
        let mut declared = Declared { says, types: Vec::new(), first, further: Vec::new() };
        if !several {
            return Ok(declared);
        }
        declared.add_type(declared.says.get(words().ty).cloned(), first);
        for (set, place) in options {
            declared.says = declared.says.update(&set);
            declared.add_type(set.get(words().ty).cloned(), place);
            declared.further.push(place);
        }
        if let Err(said_twice) = said {
            // Types that differ are the greater mistake.
            return self.declared_type(&declared, site).and(Err(said_twice));
        }
        if let Some((_, inner)) = groups.first() {
            let ty = self.declared_type(&declared, site)?;
            if !matches!(ty.peeled(), Type::Module(ModuleType::Submodule(_))) {
                return Err(errors::option_and_group(site, declared.first, *inner));
            }
        }
        for (set, place) in groups {
            let ty = Attr { name: words().ty, span: place, value: submodule_of(set, place).into() };
            declared.add_type(Some(ty), place);
            declared.further.push(place);
        }
        Ok(declared)
    }

    /// The type that all declarations agree to.
    pub(super) fn declared_type(&mut self, declared: &Declared, site: &Site) -> Result<TypeRef> {
        let only = declared.says.get(words().ty).map(|attr| (attr.clone(), declared.first));
        let only = only.filter(|_| declared.types.is_empty());
        let mut joined: Option<(TypeRef, Span)> = None;
        for (attr, place) in declared.types.iter().chain(&only) {
            let value = self.force_at(&attr.value, attr.span)?;
            let ty = self.type_of_value(&value, value.origin.or(attr.span))?;
            joined = Some(match joined {
                None => (ty, *place),
                Some((first, first_place)) => match self.joined_type(&first, &ty)? {
                    Some(both) => (both, first_place),
                    None => return Err(errors::types_differ(site, (&first, first_place), (&ty, *place))),
                },
            });
        }
        Ok(joined.map_or_else(|| Type::Module(ModuleType::Unspecified).into(), |(ty, _)| ty))
    }
}

impl Declared {
    /// Where the option is declared, in the order of the modules.
    pub(super) fn places(&self) -> impl Iterator<Item = Span> {
        std::iter::once(self.first).chain(self.further.iter().copied())
    }

    fn add_type(&mut self, ty: Option<Attr>, place: Span) {
        self.types.extend(ty.map(|ty| (ty, place)));
    }
}

/// Fails if two declarations say what only one of them can mean.
fn once_each(options: &[DeclaredSet], site: &Site) -> Result<()> {
    let words = words();
    for name in [words.default, words.example, words.description, words.apply] {
        let mut places = options.iter().filter(|(set, _)| set.get(name).is_some()).map(|(_, place)| *place);
        if let (Some(first), Some(second)) = (places.next(), places.next()) {
            return Err(errors::said_twice(site, name, first, second));
        }
    }
    Ok(())
}

/// The submodule that has these options.
fn submodule_of(options: Attrs, place: Span) -> Value {
    let mut module = AttrsBuilder::new();
    module.add(words().options, place, Value::attrs(options, place));
    let module = Value::attrs(module.build(), place);
    let submodule = Submodule { modules: vec![module.into()], only_config: true, ..Submodule::default() };
    Value::new(Kind::Type(Type::Module(ModuleType::Submodule(std::rc::Rc::new(submodule))).into()), place)
}
