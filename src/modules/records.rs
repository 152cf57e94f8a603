//! Records: field by field, with defaults, required and optional fields.
//!
//! A configuration has thousands of values of a few record types, most of whose fields nobody sets.
//! So what is the same for all of them is prepared once per type ([`Plan`]): the fields in the order
//! of sets, and the defaults, merged, as the one base that all values stand on.

use std::rc::Rc;

use super::definitions::{Definition, Definitions, OPTION_DEFAULT, Settled, by_name};
use super::errors;
use super::merge::plainly_fitting;
use super::site::Site;
use crate::diag::closest;
use crate::eval::field_default;
use crate::source::Span;
use crate::symbol::Symbol;
use crate::types::{Opaque, Origin, Record, TypeRef};
use crate::value::{Attr, Attrs, Base, Error, Evaluator, Result, Thunk, Value};

/// What all values of one record type share.
struct Plan {
    /// By symbol.
    fields: Vec<PlannedField>,
    /// The defaults, merged.
    defaults: Base,
    /// Where in Kubernetes' API the record is defined.
    origin: Option<Rc<Origin>>,
}

pub(super) struct PlannedField {
    pub(super) name: Symbol,
    pub(super) ty: TypeRef,
    optional: bool,
    /// The default as a definition.
    default: Option<Definition>,
    pub(super) declared: Span,
}

impl Plan {
    fn of(record: &Record, machine: &mut Evaluator) -> Rc<Plan> {
        let opaque = record.plan.get_or_init(|| Rc::new(Plan::new(record, machine)) as Opaque).clone();
        opaque.downcast().expect("records hold the plan that is put there")
    }

    fn new(record: &Record, machine: &mut Evaluator) -> Plan {
        let field = |(name, field): (&Symbol, &crate::types::Field)| PlannedField {
            name: *name,
            ty: field.ty.clone(),
            optional: field.optional,
            default: field_default(field).map(|value| Definition::default(value, field.span)),
            declared: field.span,
        };
        let mut fields: Vec<PlannedField> = record.fields.iter().map(field).collect();
        fields.sort_by_key(|field| field.name);
        let merged = |field: &PlannedField| {
            let site = Site::default().field(field.name, Span::NONE, field.declared);
            let value = machine.merged_later(&field.ty, field.default.clone()?.into(), site);
            Some(Attr { name: field.name, span: field.declared, value })
        };
        let defaults = Base::new(fields.iter().filter_map(merged).collect());
        Plan { fields, defaults, origin: record.origin.clone() }
    }
}

impl Evaluator {
    pub(super) fn merge_record(
        &mut self,
        ty: &TypeRef,
        record: &Rc<Record>,
        sets: Vec<Settled>,
        site: &Site,
    ) -> Result<Value> {
        self.all_sets(ty, &sets, site)?;
        let plan = Plan::of(record, self);
        let mut entries = Vec::new();
        let (mut unknown, mut missing) = (Vec::new(), Vec::new());
        let mut defined = by_name(&sets).into_iter().peekable();
        for (at, field) in plan.fields.iter().enumerate() {
            while let Some(stray) = defined.next_if(|(name, _)| *name < field.name) {
                unknown.push(stray);
            }
            match defined.next_if(|(name, _)| *name == field.name) {
                Some((_, definitions)) => entries.extend(self.defined_field(&plan, at, definitions, site)),
                None if field.optional || field.default.is_some() => {}
                None => missing.push(field),
            }
        }
        unknown.extend(defined);
        if record.open {
            let further = std::mem::take(&mut unknown).into_iter();
            entries.extend(further.map(|(name, definitions)| self.further_field(name, definitions, site)));
        }
        if !(unknown.is_empty() && missing.is_empty()) {
            entries.extend(self.misfit(unknown, &missing, record, ty, site));
        }
        Ok(Value::attrs(Attrs::over(&plan.defaults, entries), self.origin_of(&sets)))
    }

    fn defined_field(&mut self, plan: &Rc<Plan>, at: usize, definitions: Definitions, site: &Site) -> Option<Attr> {
        let field = &plan.fields[at];
        let key = self.key_of(&definitions);
        if let Some(value) = plainly_fitting(&field.ty, &definitions)
            && definitions.as_slice().iter().all(is_stronger_than_default)
        {
            return Some(Attr { name: field.name, span: key, value });
        }
        let optional = field.optional && field.default.is_none();
        if optional && !self.is_present(definitions.as_slice()) {
            return None;
        }
        let (plan, outer) = (plan.clone(), site.clone());
        let value = Thunk::defer(move |machine| {
            let field = &plan.fields[at];
            let site = outer.field_of(plan.origin.as_ref(), field.name, key, field.declared);
            machine.merge_field(&plan, at, definitions, (&outer, &site))
        });
        Some(Attr { name: field.name, span: key, value })
    }

    fn merge_field(
        &mut self,
        plan: &Plan,
        at: usize,
        definitions: Definitions,
        (outer, site): (&Site, &Site),
    ) -> Result<Value> {
        let field = &plan.fields[at];
        let definitions = match &field.default {
            // Rare: a definition as weak as a default takes part together with it. Under watch, what is beaten counts too.
            Some(default) if self.watch.is_some() || !definitions.as_slice().iter().any(is_stronger_than_default) => {
                let with_default = std::iter::once(default).chain(definitions.as_slice());
                Definitions::Many(with_default.cloned().collect())
            }
            _ => definitions,
        };
        let merged = match &plan.origin {
            Some(origin) => self.merge_api_field((origin, field.name), &field.ty, definitions.as_slice(), site)?,
            None => self.merge(&field.ty, definitions.as_slice(), site)?,
        };
        match (merged, &field.default) {
            (Some(value), _) => Ok(value),
            // Rare: no condition holds, or something is said of whatever entries there are.
            (None, Some(default)) => self.merge_default(field, default, definitions.as_slice(), site),
            (None, None) => Err(errors::missing_field(self, field, plan.origin.as_deref(), outer)),
        }
    }

    fn merge_default(
        &mut self,
        field: &PlannedField,
        default: &Definition,
        definitions: &[Definition],
        site: &Site,
    ) -> Result<Value> {
        let all: Vec<Definition> = std::iter::once(default).chain(definitions).cloned().collect();
        match self.merge(&field.ty, &all, site)? {
            Some(value) => Ok(value),
            None => Err(errors::missing_field(self, field, None, site)),
        }
    }

    /// A field of an open record that its type does not name.
    fn further_field(&mut self, name: Symbol, definitions: Definitions, site: &Site) -> Attr {
        let key = self.key_of(&definitions);
        let ty = Rc::new(crate::types::Type::Any);
        Attr { name, span: key, value: self.merged_later(&ty, definitions, site.entry(name, key)) }
    }

    /// Reports what the record has no field for, and what it lacks. The rest of it is as good as it was.
    fn misfit(
        &mut self,
        mut unknown: Vec<(Symbol, Definitions)>,
        missing: &[&PlannedField],
        record: &Record,
        ty: &TypeRef,
        site: &Site,
    ) -> Vec<Attr> {
        unknown.sort_by_key(|(name, definitions)| (definitions.as_slice()[0].key, name.as_str()));
        for (name, definitions) in &unknown {
            for definition in definitions.as_slice().iter().filter(|definition| !definition.value.has_failed()) {
                let finding = errors::unknown_field(self, (*name, definition), record, ty, site);
                self.report(&finding);
            }
        }
        let mut entries = Vec::with_capacity(missing.len());
        // An object with a mistyped field is not checked for what the field would have been.
        if record.origin.is_some() {
            let failed = |name: Symbol, key: Span| Attr { name, span: key, value: Thunk::failed(Error::silent()) };
            entries.extend(unknown.iter().map(|(name, definitions)| failed(*name, definitions.as_slice()[0].key)));
        }
        for field in missing {
            // One mistake, one report: what is mistyped above is not missing as well.
            let fields = || record.fields.keys().map(|name| name.as_str());
            let meant = |(name, _): &(Symbol, Definitions)| closest(name.as_str(), fields());
            let failure = match unknown.iter().any(|stray| meant(stray) == Some(field.name.as_str())) {
                true => Error::silent(),
                false => errors::missing_field(self, field, record.origin.as_deref(), site),
            };
            self.report(&failure);
            entries.push(Attr { name: field.name, span: field.declared, value: Thunk::failed(failure) });
        }
        entries
    }
}

fn is_stronger_than_default(definition: &Definition) -> bool {
    definition.rank.strength() < OPTION_DEFAULT
}
