//! Whole configurations in, objects or findings out.

use serde_json::Value;

use super::nxk;

/// Compiles a text; gives the objects, or the findings as JSON objects.
pub fn compile(text: &str) -> Result<Vec<Value>, Vec<Value>> {
    compile_with(text, &[])
}

/// The same with further arguments.
pub fn compile_with(text: &str, arguments: &[&str]) -> Result<Vec<Value>, Vec<Value>> {
    let folder = tempfile::tempdir().expect("a scratch folder");
    let file = folder.path().join("main.nxk");
    std::fs::write(&file, text).expect("written");
    let output = nxk()
        .args(["compile", "--format", "json", "--message-format", "json"])
        .args(arguments)
        .arg(&file)
        .output()
        .expect("the built program starts");
    if output.status.success() {
        let list: Value = serde_json::from_slice(&output.stdout).expect("the output is JSON");
        return Ok(list["items"].as_array().cloned().unwrap_or_default());
    }
    assert_eq!(output.status.code(), Some(1), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(output.stdout.is_empty(), "nothing is written when there are errors");
    let line = |line: &str| serde_json::from_str(line).expect("findings are JSON lines");
    Err(String::from_utf8_lossy(&output.stderr).lines().map(line).collect())
}

/// The objects of a text that compiles.
pub fn objects(text: &str) -> Vec<Value> {
    compile(text).unwrap_or_else(|findings| panic!("{text}\ndoes not compile: {findings:#?}"))
}

/// The findings that are errors.
pub fn errors(text: &str) -> Vec<Value> {
    let findings = compile(text).expect_err("it has errors");
    findings.into_iter().filter(|finding| finding["severity"] == "error").collect()
}

/// The object of this kind and name.
pub fn find<'a>(objects: &'a [Value], kind: &str, name: &str) -> &'a Value {
    let found = objects.iter().find(|object| object["kind"] == kind && object["metadata"]["name"] == name);
    found.unwrap_or_else(|| panic!("there is a {kind} {name} among {:?}", names(objects)))
}

/// `Kind/name` of each object.
pub fn names(objects: &[Value]) -> Vec<String> {
    let word = |value: &Value| value.as_str().unwrap_or_default().to_string();
    objects.iter().map(|object| format!("{}/{}", word(&object["kind"]), word(&object["metadata"]["name"]))).collect()
}

/// The words of the text that a finding points at.
pub fn pointed<'a>(text: &'a str, finding: &Value) -> &'a str {
    let number = |key: &str| finding[key].as_u64().expect("findings have places") as usize;
    let line = text.lines().nth(number("line") - 1).expect("the line is there");
    if number("line") != number("endLine") {
        return &line[number("column") - 1..];
    }
    &line[number("column") - 1..number("endColumn") - 1]
}
