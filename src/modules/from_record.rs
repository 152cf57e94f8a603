//! Records as submodules: how a record type joins with `lib.types.submodule`.
//!
//! One module declares entries as records, another adds options to them that refer to each other. The
//! joined type is a submodule, in which each field of the record is an option. A field that may be left
//! out stays out of the value where nobody defines it; no option of nixpkgs can do this.

use std::rc::Rc;

use super::submodule::Submodule;
use super::types::type_value;
use super::words::words;
use crate::eval::field_default;
use crate::source::Span;
use crate::types::{Field, ModuleType, Record, Type};
use crate::value::{Attrs, AttrsBuilder, Value};

impl Submodule {
    /// The submodule whose options are the fields of a record; sets that define it are read as those of `like`.
    pub(super) fn from_record(record: &Record, like: &Submodule) -> Submodule {
        let mut options = AttrsBuilder::new();
        for (name, field) in &record.fields {
            options.add(*name, field.span, Value::attrs(as_option(field), field.span));
        }
        let mut module = AttrsBuilder::new();
        module.add(words().options, Span::NONE, Value::attrs(options.build(), Span::NONE));
        if record.open {
            let any = type_value(Type::Map(Rc::new(ModuleType::Anything.into())));
            module.add(words().freeform, Span::NONE, any);
        }
        let module = Value::attrs(module.build(), Span::NONE);
        Submodule { modules: vec![module.into()], only_config: like.only_config, ..Submodule::default() }
    }
}

/// A field as the declaration of an option.
fn as_option(field: &Field) -> Attrs {
    let (words, span) = (words(), field.span);
    let mut option = AttrsBuilder::new();
    option.add(words.mark, span, Value::string("option", span));
    option.add(words.ty, span, type_value((*field.ty).clone()).at(span));
    match field_default(field) {
        Some(default) => option.add(words.default, span, default),
        None => option.add(words.optional, span, Value::bool(field.optional, span)),
    };
    if let Some(doc) = &field.doc {
        option.add(words.description, span, Value::string(doc.clone(), span));
    }
    option.build()
}
