//! `NOTES.txt`: what Helm says after an installation.

use indexmap::IndexMap;

use super::expression::Speller;
use super::holes::Around;
use super::model::{Chart, Condition, Form, Template};

/// More addresses are not listed.
const MAX_HOSTS: usize = 20;
/// What is worth a look after an installation, as kubectl calls it.
const WATCHED: [&str; 7] = ["Deployment", "StatefulSet", "DaemonSet", "Job", "CronJob", "Service", "Ingress"];

/// The file's text.
pub(super) fn text(chart: &Chart, speller: &Speller, tests: bool) -> String {
    let release = "--namespace {{ .Release.Namespace }}";
    let mut out = String::from("{{ .Release.Name }} is installed in the namespace {{ .Release.Namespace }}.\n");
    let kinds = kinds(chart);
    if !kinds.is_empty() {
        let counted: Vec<String> = kinds.iter().map(|(kind, number)| format!("{kind} ({number})")).collect();
        out.push_str("\nIt consists of ");
        Around::Template.push(&mut out, &counted.join(", "));
        out.push_str(".\n");
    }
    let hosts: IndexMap<String, ()> =
        chart.templates.iter().flat_map(|t| hosts(t, speller)).map(|host| (host, ())).collect();
    if !hosts.is_empty() {
        out.push_str("\nIt is reached from outside at:\n");
        hosts.keys().take(MAX_HOSTS).for_each(|host| out.push_str(host));
        if hosts.len() > MAX_HOSTS {
            out.push_str(&format!("  and {} more\n", hosts.len() - MAX_HOSTS));
        }
    }
    let watched = WATCHED.iter().filter(|kind| kinds.contains_key(**kind)).map(|kind| kind.to_ascii_lowercase());
    let watched: Vec<String> = watched.collect();
    if !watched.is_empty() {
        out.push_str(&format!("\nLook at it:\n  kubectl {release} get {}\n", watched.join(",")));
    }
    if tests {
        out.push_str(&format!("\nTry whether its Services answer:\n  helm {release} test {{{{ .Release.Name }}}}\n"));
    }
    out
}

/// How many objects of each kind there are, those included that only some values make.
fn kinds(chart: &Chart) -> IndexMap<&str, usize> {
    let mut kinds = IndexMap::new();
    for kind in chart.templates.iter().filter_map(|template| template.form.at(&["kind"])?.as_str()) {
        *kinds.entry(kind).or_insert(0) += 1;
    }
    kinds
}

/// The lines for the hosts of an Ingress or an HTTPRoute.
fn hosts(template: &Template, speller: &Speller) -> Vec<String> {
    let form = &template.form;
    let list = |keys: &[&str]| form.at(keys).map_or(&[][..], Form::items);
    let line = |scheme: &str, when: &[Condition], host: &Form| {
        let all: Vec<Condition> = template.when.iter().chain(when).copied().collect();
        speller.line(&all, scheme, host)
    };
    match form.at(&["kind"]).and_then(Form::as_str) {
        Some("Ingress") => {
            let scheme = if form.at(&["spec", "tls"]).is_some() { "https://" } else { "http://" };
            let hosts = list(&["spec", "rules"]).iter().filter_map(|rule| Some((rule, rule.value.at(&["host"])?)));
            hosts.filter_map(|(rule, host)| line(scheme, &rule.when, host)).collect()
        }
        // Its Gateway knows whether it is HTTPS.
        Some("HTTPRoute") => {
            let hosts = list(&["spec", "hostnames"]).iter();
            hosts.filter_map(|host| line("", &host.when, &host.value)).collect()
        }
        _ => Vec::new(),
    }
}

impl Speller {
    /// A line of a plain text: the scalar behind `before`.
    fn line(&self, when: &[Condition], before: &str, scalar: &Form) -> Option<String> {
        let mut line = format!("  {before}");
        for piece in scalar.pieces()? {
            match (&piece, self.piece(&piece)) {
                (_, Some(action)) => line.push_str(&action),
                (super::Piece::Text(text), None) => Around::Template.push(&mut line, text),
                (_, None) => {}
            }
        }
        line.push('\n');
        Some(match self.condition(when) {
            Some(condition) => format!("{{{{- if {condition} }}}}\n{line}{{{{- end }}}}\n"),
            None => line,
        })
    }
}
