//! Files of the project. All reading goes through the project's own door and stays below its root.

use std::path::{Path, PathBuf};

use super::strings::{digest, unknown_hash};
use crate::diag::Code;
use crate::eval::{Coercion, error, normalized};
use crate::source::{ReadError, ReadErrorKind};
use crate::value::{Arguments, AttrsBuilder, Evaluator, Kind, Native, Result, Value};

pub(super) const NATIVES: &[Native] = &[
    Native { name: "hashFile", arity: 2, run: hash_file },
    Native { name: "path", arity: 1, run: path },
    Native { name: "pathExists", arity: 1, run: path_exists },
    Native { name: "readDir", arity: 1, run: read_dir },
    Native { name: "readFile", arity: 1, run: read_file },
    Native { name: "readFileType", arity: 1, run: read_file_type },
    Native { name: "toPath", arity: 1, run: to_path },
];

/// The path that an argument names: a path, or text that holds an absolute one.
pub(super) fn path_of(machine: &mut Evaluator, call: &Arguments, at: usize) -> Result<PathBuf> {
    let value = machine.value_of(call, at)?;
    if let Kind::Path(path) = &value.kind {
        return Ok((**path).clone());
    }
    let text = machine.coerce(&value, Coercion::Path, call.span)?;
    if text.starts_with('/') {
        return Ok(normalized(&text));
    }
    Err(machine.refused(call, format!("`{text}` is not an absolute path")).described(|finding| {
        finding.hint("write `./file` without quotes: a path is relative to the file it stands in")
    }))
}

fn read_file(machine: &mut Evaluator, call: Arguments) -> Result<Value> {
    let path = path_of(machine, &call, 0)?;
    let text = machine.read(&path, call.span)?;
    Ok(Value::string(&*text, call.span))
}

fn path_exists(machine: &mut Evaluator, call: Arguments) -> Result<Value> {
    let path = path_of(machine, &call, 0)?;
    Ok(Value::bool(machine.world.exists(&path), call.span))
}

fn read_dir(machine: &mut Evaluator, call: Arguments) -> Result<Value> {
    let path = path_of(machine, &call, 0)?;
    let entries = machine.world.read_folder(&path).map_err(|failure| machine.unreadable(&failure, call.span))?;
    let mut set = AttrsBuilder::new();
    for (name, kind) in entries {
        set.add(name.as_str(), call.span, Value::string(kind, call.span));
    }
    Ok(Value::attrs(set.build(), call.span))
}

fn read_file_type(machine: &mut Evaluator, call: Arguments) -> Result<Value> {
    let path = path_of(machine, &call, 0)?;
    let kind = file_type(machine, &path).map_err(|failure| machine.unreadable(&failure, call.span))?;
    Ok(Value::string(kind, call.span))
}

/// What the last step of the path is, itself: a link is a link.
fn file_type(machine: &Evaluator, path: &Path) -> std::result::Result<&'static str, ReadError> {
    if path == machine.world.root() {
        return Ok("directory");
    }
    let (Some(folder), Some(name)) = (path.parent(), path.file_name()) else {
        return Err(ReadError { path: path.to_path_buf(), kind: ReadErrorKind::OutsideRoot });
    };
    let entries = machine.world.read_folder(folder)?;
    let found = entries.into_iter().find(|(entry, _)| entry.as_str() == name);
    found.map(|(_, kind)| kind).ok_or(ReadError { path: path.to_path_buf(), kind: ReadErrorKind::NotFound })
}

fn hash_file(machine: &mut Evaluator, call: Arguments) -> Result<Value> {
    let algorithm = machine.string_of(&call, 0)?;
    let path = path_of(machine, &call, 1)?;
    let text = machine.read(&path, call.span)?;
    match digest(&algorithm, text.as_bytes()) {
        Some(digest) => Ok(Value::string(digest, call.span)),
        None => Err(unknown_hash(machine, &call, &algorithm)),
    }
}

fn to_path(machine: &mut Evaluator, call: Arguments) -> Result<Value> {
    let path = path_of(machine, &call, 0)?;
    Ok(Value::string(path.display().to_string(), call.span))
}

/// Nix copies the files into its store, perhaps only some of them. Without a store the path itself is
/// the answer, and leaving files out has no meaning.
fn path(machine: &mut Evaluator, call: Arguments) -> Result<Value> {
    let attrs = machine.attrs_of(&call, 0)?;
    if let Some(filter) = attrs.named("filter") {
        let message = "`path` with a `filter` would copy files to a store, which nxk does not have";
        return Err(error(Code::NotInLanguage, filter.span.or(call.span), message)
            .described(|finding| finding.hint("use `builtins.readDir` and choose among the names")));
    }
    let Some(path) = attrs.named("path") else {
        let set = machine.value_of(&call, 0)?;
        return Err(machine.missing_attribute(&set, "path".into(), call.span));
    };
    let inner = Arguments { values: std::slice::from_ref(&path.value), ..call };
    let path = path_of(machine, &inner, 0)?;
    Ok(Value::new(Kind::Path(path.into()), call.span))
}
