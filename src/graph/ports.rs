//! The ports of a workload: what it listens on, and which of them somebody means by a number or a name.

use ecow::EcoString;

use crate::diag::{Code, Diagnostic};
use crate::layers::names::{optional_text, record};
use crate::source::Span;
use crate::value::{Arguments, Attrs, Evaluator, Kind, Result, Thunk, Value};

/// A port on which a container listens.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct ContainerPort {
    /// The container's port.
    pub(crate) port: i64,
    /// `TCP`, `UDP` or `SCTP`.
    pub(crate) protocol: EcoString,
    /// What the port is called.
    pub(crate) name: Option<EcoString>,
    /// The port of the Service in front of it.
    pub(crate) service_port: i64,
}

impl ContainerPort {
    /// The port of which only the number is given.
    fn numbered(port: i64) -> ContainerPort {
        ContainerPort { port, protocol: "TCP".into(), name: None, service_port: port }
    }

    /// As messages show it: `8080 (`http`)`.
    fn shown(&self) -> String {
        match &self.name {
            Some(name) => format!("{} (`{name}`)", self.service_port),
            None => self.service_port.to_string(),
        }
    }
}

/// The ports that a number or a name means. One number may be that of several, which speak different protocols. It is
/// that of the Service, and only where that has no such port that of the container.
pub(super) fn meant<'a>(ports: &'a [ContainerPort], wanted: &Value) -> Vec<&'a ContainerPort> {
    let all = |is: &dyn Fn(&ContainerPort) -> bool| ports.iter().filter(|port| is(port)).collect::<Vec<_>>();
    match &wanted.kind {
        Kind::Int(number) => {
            let of_service = all(&|port| port.service_port == *number);
            if of_service.is_empty() { all(&|port| port.port == *number) } else { of_service }
        }
        Kind::Str(name) => all(&|port| port.name.as_ref() == Some(name)),
        _ => Vec::new(),
    }
}

/// The ports that a hint offers.
pub(super) fn all_shown<'a>(ports: impl IntoIterator<Item = &'a ContainerPort>) -> String {
    ports.into_iter().map(ContainerPort::shown).collect::<Vec<_>>().join(", ")
}

/// What a person wrote for a port.
pub(super) fn asked(wanted: &Value) -> String {
    match &wanted.kind {
        Kind::Str(name) => format!("`{name}`"),
        _ => crate::eval::scalar_of(wanted).map_or_else(String::new, |scalar| scalar.to_string()),
    }
}

/// What an entry listens on.
pub(super) fn of_entry(machine: &mut Evaluator, fields: &Attrs, span: Span) -> Result<Vec<ContainerPort>> {
    let ports = list_field(machine, fields, "ports", span)?;
    ports.iter().map(|port| container_port(machine, port, span)).collect()
}

/// What the sidecars of an application listen on.
pub(super) fn of_sidecars(machine: &mut Evaluator, fields: &Attrs, span: Span) -> Result<Vec<ContainerPort>> {
    let sidecars = field(machine, fields, "sidecars", span)?;
    let Kind::Attrs(sidecars) = &sidecars.kind else { return Ok(Vec::new()) };
    let mut ports = Vec::new();
    for sidecar in sidecars.sorted() {
        let sidecar = machine.force_at(&sidecar.value, span)?;
        if let Kind::Attrs(fields) = &sidecar.kind {
            ports.extend(of_entry(machine, fields, sidecar.origin)?);
        }
    }
    Ok(ports)
}

/// `__port { name, entry, wanted, at, undeclared }`: the port of an entry that `wanted` means, as
/// `{ name, port, containerPort, protocol, declared }` with `port` that of the Service.
///
/// Where `wanted` is `null`, it is the one called `http`, else the first that speaks TCP; of several that `wanted` means,
/// it is the one that speaks TCP. One that is not there is an error, at `wanted` or at `at`; with `undeclared`, a number
/// stands for itself.
pub(super) fn port(machine: &mut Evaluator, call: Arguments) -> Result<Value> {
    let request = Request::read(machine, &call)?;
    if let Some(found) = request.found() {
        return Ok(described(found, request.wanted.origin, true));
    }
    let undeclared = field(machine, &request.fields, "undeclared", call.span)?;
    if let (Kind::Int(number), Kind::Bool(true)) = (&request.wanted.kind, undeclared.kind) {
        return Ok(described(&ContainerPort::numbered(*number), request.wanted.origin, false));
    }
    let at = field(machine, &request.fields, "at", call.span)?;
    Err(request.not_there(at.origin).into())
}

/// `__ports { name, entry, wanted, at }`: all ports of an entry that the items of `wanted` mean, as `__port` has them;
/// all that there are if it is empty. One that is not there is an error, and so is an entry without any.
pub(super) fn ports(machine: &mut Evaluator, call: Arguments) -> Result<Value> {
    let mut request = Request::read(machine, &call)?;
    let at = field(machine, &request.fields, "at", call.span)?.origin;
    let wanted = list_field(machine, &request.fields, "wanted", call.span)?;
    let mut found: Vec<Thunk> = Vec::new();
    let listed = |port: &ContainerPort, span| Thunk::from(described(port, span, true));
    for wish in &wanted {
        request.wanted = machine.force_at(wish, call.span)?;
        let meant = meant(&request.ports, &request.wanted);
        if meant.is_empty() {
            return Err(request.not_there(at).into());
        }
        found.extend(meant.into_iter().map(|port| listed(port, request.wanted.origin)));
    }
    if wanted.is_empty() {
        if request.ports.is_empty() {
            request.wanted = Value::null(at);
            return Err(request.not_there(at).into());
        }
        found.extend(request.ports.iter().map(|port| listed(port, at)));
    }
    Ok(Value::list(found, call.span))
}

/// `__hasPort { name, entry, wanted }`: whether the entry has the port that `wanted` means.
pub(super) fn has_port(machine: &mut Evaluator, call: Arguments) -> Result<Value> {
    let request = Request::read(machine, &call)?;
    Ok(Value::bool(request.found().is_some(), call.span))
}

/// A question for a port of an entry.
struct Request {
    fields: Attrs,
    /// What the entry's objects are called.
    name: EcoString,
    ports: Vec<ContainerPort>,
    /// Where the ports are declared.
    declared: Span,
    wanted: Value,
}

impl Request {
    fn read(machine: &mut Evaluator, call: &Arguments) -> Result<Request> {
        let fields = machine.attrs_of(call, 0)?;
        let name = optional_text(machine, &fields, "name", call.span)?.unwrap_or_default();
        let entry = field(machine, &fields, "entry", call.span)?;
        let wanted = field(machine, &fields, "wanted", call.span)?;
        let Kind::Attrs(of_entry_fields) = &entry.kind else {
            return Err(machine.wrong_kind(&entry, "a set", "`entry`", call.span));
        };
        let ports = of_entry(machine, of_entry_fields, entry.origin)?;
        let declared = of_entry_fields.named("ports").map_or(Span::NONE, |ports| ports.span);
        Ok(Request { fields, name, ports, declared, wanted })
    }

    fn found(&self) -> Option<&ContainerPort> {
        match &self.wanted.kind {
            Kind::Null => usual(&self.ports),
            _ => {
                let meant = meant(&self.ports, &self.wanted);
                meant.iter().find(|port| port.protocol == "TCP").or(meant.first()).copied()
            }
        }
    }

    /// What to say of a port that is not there, at `at` where nobody wrote which.
    fn not_there(&self, at: Span) -> Diagnostic {
        let place = if matches!(self.wanted.kind, Kind::Null) { at } else { self.wanted.origin.or(at) };
        not_there((&self.name, &self.ports), &self.wanted, place, self.declared)
    }
}

fn field(machine: &mut Evaluator, fields: &Attrs, name: &str, span: Span) -> Result<Value> {
    match fields.named(name).cloned() {
        Some(attr) => machine.force_at(&attr.value, span),
        None => Ok(Value::null(span)),
    }
}

/// The port that is meant where nobody says which.
fn usual(ports: &[ContainerPort]) -> Option<&ContainerPort> {
    let mut candidates = ports.iter().filter(|port| port.protocol == "TCP");
    let first = candidates.clone().next();
    candidates.find(|port| port.name.as_deref() == Some("http")).or(first)
}

fn not_there((name, ports): (&str, &[ContainerPort]), wanted: &Value, place: Span, declared: Span) -> Diagnostic {
    let number = match wanted.kind {
        Kind::Int(number) => number.to_string(),
        _ => "…".to_string(),
    };
    if ports.is_empty() {
        let message = match wanted.kind {
            Kind::Null => format!("`{name}` has no port to open"),
            _ => format!("`{name}` has no port {}: it has no ports at all", asked(wanted)),
        };
        return Diagnostic::new(Code::UnknownExposedPort, place, message)
            .hint(format!("add `ports = [ {number} ];` to `{name}`"));
    }
    let message = match wanted.kind {
        Kind::Null => format!("`{name}` has no port that speaks TCP"),
        _ => format!("`{name}` has no port {}", asked(wanted)),
    };
    Diagnostic::new(Code::UnknownExposedPort, place, message)
        .label("no port of this name or number")
        .also(declared, "its ports are declared here")
        .hint(format!("it listens on {}; take one of these, or add the port to `ports`", all_shown(ports)))
}

fn described(port: &ContainerPort, span: Span, declared: bool) -> Value {
    let name = port.name.as_ref().map_or_else(|| Value::null(span), |name| Value::string(name.clone(), span));
    let fields = [
        ("name", name),
        ("port", Value::int(port.service_port, span)),
        ("containerPort", Value::int(port.port, span)),
        ("protocol", Value::string(port.protocol.clone(), span)),
        ("declared", Value::bool(declared, span)),
    ];
    record(fields, span)
}

fn container_port(machine: &mut Evaluator, port: &Thunk, span: Span) -> Result<ContainerPort> {
    let value = machine.force_at(port, span)?;
    match &value.kind {
        Kind::Int(number) => Ok(ContainerPort::numbered(*number)),
        Kind::Attrs(fields) => {
            let service_port = optional_int(machine, fields, "port", span)?.unwrap_or_default();
            Ok(ContainerPort {
                port: optional_int(machine, fields, "containerPort", span)?.unwrap_or(service_port),
                protocol: optional_text(machine, fields, "protocol", span)?.unwrap_or_else(|| "TCP".into()),
                name: optional_text(machine, fields, "name", span)?,
                service_port,
            })
        }
        _ => Err(machine.wrong_kind(&value, "a number or a set", "a port", Span::NONE)),
    }
}

fn optional_int(machine: &mut Evaluator, fields: &Attrs, name: &str, span: Span) -> Result<Option<i64>> {
    let Some(attr) = fields.named(name).cloned() else { return Ok(None) };
    let value = machine.force_at(&attr.value, span)?;
    match value.kind {
        Kind::Int(number) => Ok(Some(number)),
        Kind::Null => Ok(None),
        _ => Err(machine.wrong_kind(&value, "an integer", &format!("`{name}`"), Span::NONE)),
    }
}

/// A field that is a list; one that is absent or `null` is empty.
pub(super) fn list_field(machine: &mut Evaluator, fields: &Attrs, name: &str, span: Span) -> Result<Vec<Thunk>> {
    let Some(attr) = fields.named(name).cloned() else { return Ok(Vec::new()) };
    let value = machine.force_at(&attr.value, span)?;
    match &value.kind {
        Kind::List(items) => Ok(items.to_vec()),
        Kind::Null => Ok(Vec::new()),
        _ => Err(machine.wrong_kind(&value, "a list", &format!("`{name}`"), Span::NONE)),
    }
}
