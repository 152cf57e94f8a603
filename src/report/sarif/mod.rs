//! SARIF 2.1.0, as code scanners read it: one document with all findings of a run.

mod parts;

pub(super) use parts::{Fingerprints, document, driver, location, message};

use serde_json::{Value, json};

use crate::diag::{Code, Diagnostic};
use crate::source::{SourceMap, Span};

/// One document; also if there are no findings, which is what makes a scanner close those of earlier runs. The remarks
/// are what the program said besides.
pub(super) fn render(diagnostics: &[&Diagnostic], sources: &SourceMap, remarks: &[String]) -> String {
    let mut codes: Vec<Code> = diagnostics.iter().map(|diagnostic| diagnostic.code).collect();
    codes.sort_unstable();
    codes.dedup();
    let mut fingerprints = Fingerprints::default();
    let results: Vec<Value> = diagnostics
        .iter()
        .map(|diagnostic| {
            let mut result = result(diagnostic, sources);
            // The line is quoted rather than counted, so that the mark goes where the line goes.
            let line = line_of(diagnostic.primary.span, sources);
            let about = [diagnostic.object.as_deref(), diagnostic.path.as_deref()].map(Option::unwrap_or_default);
            let parts = [diagnostic.code.as_str(), &line.0, &line.1, about[0], about[1]];
            result["partialFingerprints"] = fingerprints.of(&parts);
            result["ruleIndex"] = json!(codes.binary_search(&diagnostic.code).ok());
            result
        })
        .collect();
    let mut invocation = json!({ "executionSuccessful": true });
    if !remarks.is_empty() {
        let notify = |remark: &String| json!({ "level": "note", "message": message(remark) });
        invocation["toolExecutionNotifications"] = remarks.iter().map(notify).collect();
    }
    document(json!({
        "automationDetails": { "id": "nxk/" },
        "tool": { "driver": driver(codes.into_iter().map(rule).collect()) },
        "invocations": [invocation],
        "results": results,
    }))
}

fn rule(code: Code) -> Value {
    let help = format!("{}. The page docs/errors/{}.md explains it, with an example.", code.title(), code.as_str());
    json!({
        "id": code.as_str(),
        "shortDescription": { "text": code.title() },
        "help": { "text": help },
        "defaultConfiguration": { "level": code.severity().as_str() },
    })
}

fn result(diagnostic: &Diagnostic, sources: &SourceMap) -> Value {
    let place = sources.location(diagnostic.primary.span);
    let (object, path) = (diagnostic.object.as_deref(), diagnostic.path.as_deref());
    let text = match &diagnostic.hint {
        Some(hint) => format!("{}\n{hint}", diagnostic.message),
        None => diagnostic.message.clone(),
    };
    let mut result = json!({
        "ruleId": diagnostic.code.as_str(),
        "level": diagnostic.severity.as_str(),
        "message": message(&text),
        "locations": location(place.as_ref(), object, path).into_iter().collect::<Vec<_>>(),
    });
    let related: Vec<Value> = diagnostic
        .secondary
        .iter()
        .filter_map(|label| {
            let mut place = location(sources.location(label.span).as_ref(), None, None)?;
            place["message"] = message(&label.text);
            Some(place)
        })
        .collect();
    if !related.is_empty() {
        result["relatedLocations"] = Value::Array(related);
    }
    result
}

/// The file and the text of the line that a place begins on.
fn line_of(span: Span, sources: &SourceMap) -> (String, String) {
    let Some((id, range)) = sources.range(span) else { return Default::default() };
    let file = sources.file(id);
    let start = file.text[..range.start].rfind('\n').map_or(0, |at| at + 1);
    let line = file.text[start..].lines().next().unwrap_or_default();
    (file.name.clone(), line.trim().to_string())
}
