//! Secrets stay secret, whichever way somebody tries to see one.
//!
//! The bytes are in a file, in a variable and on the standard input of the program that is run, and must be in
//! nothing that comes out of it, but for the data of Secrets in written manifests. Each attempt is run for real,
//! with all that the checker would say left out as well (`any`), so that what stops it is the evaluator.

mod support;

use std::fs;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use tempfile::TempDir;

/// The secret, and what it looks like in base 64, in hexadecimal and by its digests.
const SECRET: &str = "correct-horse-battery-staple";
const TRACES: [&str; 6] = [
    SECRET,
    "Y29ycmVjdC1ob3JzZS1iYXR0ZXJ5LXN0YXBsZ",
    "636f72726563742d686f727365",
    "correct-horse",
    "battery-staple",
    "CORRECT-HORSE",
];

/// Expressions that would show something of `s`, a secret, or of `p`, the same with a type that says nothing.
const ATTEMPTS: &[&str] = &[
    // text
    r#""${s}""#,
    r#""a${s}b""#,
    "''a${s}b''",
    r#""a" + s"#,
    r#"s + "a""#,
    "s + s",
    "toString s",
    "toString [ s ]",
    r#"toString { outPath = s; }"#,
    r#"toString { __toString = self: s; }"#,
    r#"builtins.concatStringsSep "," [ s "a" ]"#,
    r#"builtins.substring 0 4 s"#,
    "builtins.stringLength s",
    r#"builtins.replaceStrings [ "a" ] [ "b" ] s"#,
    r#"builtins.replaceStrings [ "a" ] [ s ] "banana""#,
    r#"builtins.replaceStrings [ s ] [ "b" ] "banana""#,
    r#"builtins.match "(.*)" s"#,
    r#"builtins.match s "a""#,
    r#"builtins.split "-" s"#,
    r#"builtins.split s "a-b""#,
    "builtins.splitVersion s",
    "builtins.parseDrvName s",
    r#"builtins.compareVersions s "1""#,
    "builtins.toPath s",
    "builtins.baseNameOf s",
    "builtins.dirOf s",
    "lib.toUpper s",
    r#"lib.hasPrefix "c" s"#,
    r#"lib.removePrefix "c" s"#,
    r#"lib.splitString "-" s"#,
    "lib.stringToCharacters s",
    "lib.escapeShellArg s",
    "lib.strings.levenshtein s \"a\"",
    "lib.toInt s",
    // comparison
    "s == s",
    r#"s == builtins.concatStringsSep "-" [ "correct" "horse" "battery" "staple" ]"#,
    r#""a" != s"#,
    "[ s ] == [ (lib.secret.file ./password) ]",
    "{ a = s; } == { a = lib.secret.file ./password; }",
    r#"s < "d""#,
    "s >= s",
    r#"builtins.lessThan "a" s"#,
    r#"builtins.sort builtins.lessThan [ "a" s "d" ]"#,
    r#"builtins.elem "a" [ s ]"#,
    r#"lib.unique [ "a" s ]"#,
    r#"builtins.genericClosure { startSet = [ { key = s; } { key = "a"; } ]; operator = x: [ ]; }"#,
    // digests
    r#"builtins.hashString "sha256" s"#,
    r#"builtins.hashFile "sha256" s"#,
    // data
    "builtins.toJSON s",
    "builtins.toJSON { a = [ s ]; }",
    "builtins.toJSON { outPath = s; }",
    "builtins.toYAML s",
    "builtins.toXML s",
    "builtins.toXML { a = s; }",
    "builtins.fromJSON s",
    "builtins.fromTOML s",
    "builtins.fromYAML s",
    "lib.generators.toINI { } { a.b = s; }",
    "lib.generators.toKeyValue { } { a = s; }",
    "lib.generators.toLua { } { a = s; }",
    "lib.generators.toPlist { escape = true; } { a = s; }",
    "lib.generators.toDhall { } { a = s; }",
    "lib.cli.toGNUCommandLineShell { } { a = s; }",
    // names
    "{ a.${s} = 1; }",
    "{ ${s} = 1; }",
    "{ a = 1; }.${s}",
    "{ a = 1; }.${s} or 2",
    "{ a = 1; } ? ${s}",
    "builtins.getAttr s { }",
    "builtins.hasAttr s { }",
    "builtins.removeAttrs { } [ s ]",
    r#"builtins.listToAttrs [ { name = s; value = 1; } ]"#,
    "builtins.catAttrs s [ { } ]",
    "builtins.groupBy (x: s) [ 1 ]",
    // files
    "import s",
    "./. + s",
    "./${s}",
    "builtins.readFile s",
    "builtins.pathExists s",
    "builtins.readDir s",
    "builtins.readFileType s",
    "builtins.path { path = s; }",
    // failures
    "throw s",
    "abort s",
    "throw \"no ${s}\"",
    "assert s; 1",
    "lib.assertMsg false s",
    "builtins.addErrorContext s (throw \"a\")",
    "builtins.warn s 1",
    "lib.warn s 1",
    "(builtins.tryEval (toString s)).value",
    // other kinds
    "s 1",
    "s.a",
    "s + 1",
    "1 + s",
    "-s",
    "!s",
    "s // { }",
    "s ++ [ ]",
    "builtins.head s",
    "builtins.attrNames s",
    "builtins.getEnv s",
    "if s then 1 else 2",
    "let f = { a }: a; in f s",
    "let x : Int = s; in x",
    "let x : String = s; in x",
    "let x : DnsLabel | [Int] = s; in x",
    "let f : String -> String = x: x; in f s",
    "lib.secret.concat [ s 1 ]",
    "(lib.evalModules { modules = [ { options.a = lib.mkOption { type = lib.types.str; }; config.a = s; } ]; }).config.a",
    "(lib.evalModules { modules = [ { options.a = lib.mkOption { type = lib.types.lines; }; config.a = s; } ]; }).config.a",
    r#"(lib.evalModules { modules = [ { options.a = lib.mkOption { type = Secret; }; config.a = lib.mkMerge [ s (lib.secret.file ./other) ]; } ]; }).config.a"#,
];

/// Expressions that may be shown, and tell nothing.
const SHOWN: &[(&str, &str)] = &[
    ("s", "<secret>"),
    ("[ s { a = s; } ]", "[ <secret> { a = <secret>; } ]"),
    ("builtins.trace s 1", "1"),
    ("lib.traceVal s", "<secret>"),
    ("lib.traceValSeq { a = s; }", "{ a = <secret>; }"),
    ("builtins.typeOf s", "\"secret\""),
    ("[ (lib.isSecret s) (lib.isSecret \"a\") (builtins.isString s) ]", "[ true false false ]"),
    ("s == null", "false"),
    ("[ (s == 1) (s != { }) ]", "[ false true ]"),
    ("builtins.length [ s ]", "1"),
    ("lib.secret.concat [ \"a\" s ]", "<secret>"),
    ("lib.secret.json { a = [ s 1 null ]; }", "<secret>"),
    ("lib.secret.base64 (lib.secret.escapeURL (lib.secret.line s))", "<secret>"),
    ("builtins.deepSeq { a = s; } 1", "1"),
    ("let x : Secret = s; in x", "<secret>"),
    ("(builtins.tryEval s).success", "true"),
    // Two definitions that are made in the same way are one; of several, the stronger one counts.
    (
        "(lib.evalModules { modules = [ { options.a = lib.mkOption { type = Secret; }; } { config.a = s; } { config.a = lib.secret.file ./password; } ]; }).config.a",
        "<secret>",
    ),
    (
        "(lib.evalModules { modules = [ { options.a = lib.mkOption { type = Secret; default = s; }; config.a = lib.mkForce (lib.secret.line s); } ]; }).config.a",
        "<secret>",
    ),
];

/// Configurations in which the secret `config.password` goes where it must not, by the type or behind its back.
const MISPLACED: &[&str] = &[
    r#"resources.a = { kind = "ConfigMap"; metadata.name = "a"; data.password = secret; };"#,
    r#"resources.a = { kind = "ConfigMap"; metadata.name = "a"; binaryData.password = secret; };"#,
    r#"resources.a = { kind = "ConfigMap"; metadata.name = secret; };"#,
    r#"resources.a = { kind = "ConfigMap"; metadata = { name = "a"; labels.a = secret; }; };"#,
    r#"resources.a = { kind = "ConfigMap"; metadata = { name = "a"; annotations.a = secret; }; };"#,
    r#"resources.a = { kind = "Secret"; metadata = { name = "a"; annotations.a = secret; }; };"#,
    r#"resources.a = { kind = "Secret"; metadata.name = "a"; type = secret; };"#,
    r#"resources.a = { kind = secret; metadata.name = "a"; };"#,
    r#"resources.a = { apiVersion = "example.com/v1"; kind = "Secret"; metadata.name = "a"; data.a = secret; }; framework.opaqueKinds = [ "example.com/v1/Secret" ];"#,
    r#"resources.a = { kind = "Pod"; metadata.name = "a"; spec.containers = [ { name = "a"; image = "a:1"; env = [ { name = "A"; value = secret; } ]; } ]; };"#,
    r#"resources.a = { kind = "Pod"; metadata.name = "a"; spec.containers = [ { name = "a"; image = "a:1"; args = [ secret ]; } ]; };"#,
    r#"resources.a = { kind = "Pod"; metadata.name = "a"; spec.containers = [ { name = "a"; image = secret; } ]; };"#,
    r#"applications.web = { image = "a:1"; env.PASSWORD = secret; };"#,
    r#"applications.web = { image = "a:1"; args = [ secret ]; };"#,
    r#"applications.web = { image = "a:1"; command = [ "sh" "-c" secret ]; };"#,
    r#"applications.web = { image = "a:1"; annotations.a = secret; };"#,
    r#"applications.web = { image = "a:1"; labels.a = secret; };"#,
    r#"applications.web = { image = "a:1"; configMap."a.conf" = secret; };"#,
    r#"applications.web = { image = secret; };"#,
    r#"applications.web = { image = "a:1"; replicas = secret; };"#,
    r#"applications.web = { image = "a:1"; name = secret; };"#,
    r#"applications.${secret} = { image = "a:1"; };"#,
    r#"applications.web = { image = "a:1"; dependencies = [ secret ]; };"#,
    r#"framework.namespace = secret;"#,
    r#"framework.compliance = { framework = "SOC2"; level = "low"; owner = secret; };"#,
    r#"framework.compliance.labels.a = secret;"#,
    r#"assertions = [ { assertion = false; message = secret; } ];"#,
    r#"warnings = [ secret ];"#,
    r#"password = lib.mkForce (lib.secret.file ./other); other = [ (lib.toUpper config.password) ];"#,
    r#"nothing.like.this = secret;"#,
];

#[test]
fn no_expression_shows_a_secret() {
    assert!(ATTEMPTS.len() > 100);
    let wrong = in_all(ATTEMPTS, |attempt| {
        let folder = project();
        // Known to the checker, and unknown to it.
        let known = format!("let s : Secret = lib.secret.file ./password; in {attempt}");
        let unknown = format!("let s : Any = lib.secret.file ./password; in {attempt}");
        let shown = [known, unknown].into_iter().filter_map(|program| {
            let output = nxk(&folder, &["eval", "-E", &program]);
            let refused = output.status.code() == Some(1) && output.stdout.is_empty();
            let leak = leak(&output);
            (!refused || leak.is_some()).then(|| format!("{program}\n{leak:?}\n{}", both(&output)))
        });
        shown.collect()
    });
    assert_eq!(wrong, Vec::<String>::new());
}

/// What of the attempts has to be refused for being one.
#[test]
fn it_is_said_that_a_secret_would_become_visible() {
    let textual = &ATTEMPTS[..ATTEMPTS.iter().position(|attempt| *attempt == "lib.toInt s").expect("is there")];
    let wrong = in_all(textual, |attempt| {
        let folder = project();
        let program = format!("let s : Any = lib.secret.file ./password; in {attempt}");
        let output = nxk(&folder, &["eval", "--message-format", "short", "-E", &program]);
        match both(&output).contains("E0911") {
            true => Vec::new(),
            false => vec![format!("{attempt}\n{}", both(&output))],
        }
    });
    assert_eq!(wrong, Vec::<String>::new());
}

#[test]
fn what_is_shown_of_a_secret_is_that_it_is_one() {
    let folder = project();
    for (expression, shown) in SHOWN {
        let program = format!("let s = lib.secret.file ./password; in {expression}");
        let output = nxk(&folder, &["eval", "-E", &program]);
        assert_eq!(leak(&output), None, "{expression}");
        assert_eq!(text(&output.stdout).trim_end(), *shown, "{expression}\n{}", text(&output.stderr));
    }
    for form in ["--json", "--yaml", "--raw"] {
        let output = nxk(&folder, &["eval", form, "-E", "lib.secret.file ./password"]);
        assert_eq!((output.status.code(), text(&output.stdout).as_str(), leak(&output)), (Some(1), "", None), "{form}");
    }
}

#[test]
fn no_object_but_a_secret_holds_one() {
    let wrong = in_all(MISPLACED, |definition| {
        let folder = project();
        // By its type, by a type that says nothing, and through functions that say nothing.
        let ways = [
            "config.password",
            "(let any : Any = config.password; in any)",
            "(lib.head (map lib.id [ config.password ]))",
        ];
        let mut wrong = Vec::new();
        for way in ways {
            fs::write(folder.path().join("main.nxk"), configuration(&definition.replace("secret", way)))
                .expect("written");
            for command in ["check", "compile"] {
                let output = nxk(&folder, &[command, "main.nxk", "--set-secret", "password=password"]);
                if output.status.code() != Some(1) || !output.stdout.is_empty() || leak(&output).is_some() {
                    wrong.push(format!("{command}: {definition} by {way}\n{}", both(&output)));
                }
            }
        }
        wrong
    });
    assert_eq!(wrong, Vec::<String>::new());
}

#[test]
fn a_misplaced_secret_is_told_once_at_the_users_line() {
    let folder = project();
    let place = |definition: &str| {
        let program = configuration(definition);
        fs::write(folder.path().join("main.nxk"), &program).expect("written");
        let output =
            nxk(&folder, &["check", "main.nxk", "-q", "--message-format", "short", "--set-secret", "password=-"]);
        text(&output.stderr)
    };
    for definition in [
        r#"resources.a = { kind = "ConfigMap"; metadata.name = "a"; data.password = config.password; };"#,
        r#"resources.a = { kind = "ConfigMap"; metadata.name = "a"; data.password = let any : Any = config.password; in any; };"#,
        r#"applications.web = { image = "a:1"; env.PASSWORD = let any : Any = config.password; in any; };"#,
    ] {
        let told = place(definition);
        let findings: Vec<&str> = told.lines().filter(|line| line.contains("E0911")).collect();
        assert_eq!(findings.len(), 1, "{definition}\n{told}");
        assert!(findings[0].starts_with("main.nxk:4:"), "{told}");
    }
}

#[test]
fn secrets_reach_the_data_of_secrets_byte_for_byte() {
    let folder = project();
    let program = configuration(
        r#"
    resources.db = {
      kind = "Secret";
      metadata.name = "db";
      data = { raw = config.password; line = lib.secret.line config.password; bytes = lib.secret.file ./bytes; plain = "cGxhaW4="; };
      stringData = {
        url = lib.secret.concat [ "postgres://app:" (lib.secret.escapeURL (lib.secret.line ./odd)) "@db" ];
        config = lib.secret.json { user = "app"; password = lib.secret.line ./odd; ports = [ 1 2.5 null true ]; none = { }; empty = [ ]; };
        auth = lib.secret.base64 (lib.secret.concat [ "app:" (lib.secret.line config.password) ]);
      };
    };"#,
    );
    fs::write(folder.path().join("main.nxk"), program).expect("written");
    let compiled = |arguments: &[&str], input: &str| {
        let arguments = [&["compile", "main.nxk", "-q", "--format", "json"], arguments].concat();
        let output = with_input(&folder, &arguments, input);
        assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
        let list: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
        let items = list["items"].as_array().expect("a list");
        items.iter().find(|item| item["kind"] == "Secret").expect("the Secret").clone()
    };
    let by_file = compiled(&["--set-secret", "password=password"], "");
    let decoded = |secret: &serde_json::Value, key: &str| {
        let text = secret["data"][key].as_str().expect("a string").to_string();
        nxk::schema::formats::decode_base64(&text).expect("base 64")
    };
    assert_eq!(decoded(&by_file, "raw"), format!("{SECRET}\n").as_bytes());
    assert_eq!(decoded(&by_file, "line"), SECRET.as_bytes());
    assert_eq!(decoded(&by_file, "bytes"), b"\0\xff\n");
    assert_eq!(by_file["data"]["plain"], "cGxhaW4=");
    assert_eq!(by_file["stringData"]["url"], "postgres://app:a%20%22b%5C%2F@db");
    let config: serde_json::Value =
        serde_json::from_str(by_file["stringData"]["config"].as_str().expect("a string")).expect("JSON");
    let expected = serde_json::json!({
        "user": "app", "password": "a \"b\\/", "ports": [1, 2.5, null, true], "none": {}, "empty": [],
    });
    assert_eq!(config, expected);
    let auth = by_file["stringData"]["auth"].as_str().expect("a string");
    assert_eq!(nxk::schema::formats::decode_base64(auth).expect("base 64"), format!("app:{SECRET}").as_bytes());

    let by_input = compiled(&["--set-secret", "password=-"], "from a pipe");
    assert_eq!(decoded(&by_input, "raw"), b"from a pipe");
    let by_variable = compiled(&["--set-secret", "password=env:NXK_TEST_PASSWORD"], "");
    assert_eq!(decoded(&by_variable, "raw"), SECRET.as_bytes());
    let ids: Vec<_> = [&by_file, &by_input, &by_variable]
        .map(|secret| secret["metadata"]["annotations"]["enterprise.com/build-id"].clone())
        .into();
    assert!(ids[0].is_string() && ids.iter().all(|id| *id == ids[0]), "{ids:?}");
}

#[cfg(unix)]
#[test]
fn manifests_with_a_secret_are_closed_to_others() {
    use std::os::unix::fs::PermissionsExt;
    let folder = project();
    let write = |text: &str| fs::write(folder.path().join("main.nxk"), text).expect("written");
    let mode = |out: &str| {
        let output = nxk(&folder, &["compile", "main.nxk", "-o", out]);
        assert!(output.status.success(), "{}", both(&output));
        let file = fs::metadata(folder.path().join(out).join("manifests.yaml")).expect("it is there");
        file.permissions().mode() & 0o077
    };
    write("{ configMaps.a = { }; resources.a = { kind = \"Secret\"; metadata.name = \"a\"; }; }");
    assert_ne!(mode("open"), 0, "there is nothing to hide");
    write("{ nativeSecrets.a.stringData.password = lib.secret.line ./password; }");
    assert_eq!(mode("fresh"), 0);
    assert_eq!(mode("open"), 0);
}

#[test]
fn the_build_id_does_not_depend_on_a_secret() {
    let folder = project();
    let program = configuration(
        r#"resources.db = { kind = "Secret"; metadata.name = "db"; data.a = lib.secret.file ./password; };"#,
    );
    fs::write(folder.path().join("main.nxk"), program).expect("written");
    let id = || {
        let output = nxk(&folder, &["compile", "main.nxk", "-q", "--set-secret", "password=-"]);
        let manifest = text(&output.stdout);
        let line =
            manifest.lines().find(|line| line.contains("build-id")).unwrap_or_else(|| panic!("{}", both(&output)));
        (line.to_string(), manifest.clone())
    };
    let (before, first) = id();
    fs::write(folder.path().join("password"), "another").expect("written");
    let (after, second) = id();
    assert_eq!(before, after);
    assert_ne!(first, second, "what is written changes");
}

#[test]
fn a_check_reads_no_secret() {
    let folder = project();
    let program = configuration(
        r#"resources.db = { kind = "Secret"; metadata.name = "db"; data.a = lib.secret.file ./passwort; };"#,
    );
    fs::write(folder.path().join("main.nxk"), program).expect("written");
    let set = ["--set-secret", "password=-"];
    let checked = nxk(&folder, &[&["check", "main.nxk"][..], &set].concat());
    assert_eq!(checked.status.code(), Some(0), "{}", both(&checked));
    let layer = nxk(&folder, &[&["debug", "layer1", "main.nxk"][..], &set].concat());
    assert!(text(&layer.stdout).contains("<secret>"), "{}", both(&layer));
    let compiled = nxk(&folder, &[&["compile", "main.nxk"][..], &set].concat());
    let said = text(&compiled.stderr);
    assert_eq!((compiled.status.code(), text(&compiled.stdout).as_str()), (Some(1), ""), "{said}");
    assert!(said.contains("E1001") && said.contains("lib.secret.file ./passwort"), "at the call: {said}");
    assert!(said.contains("needed here"), "{said}");
}

#[test]
fn what_cannot_be_a_secret_is_refused_without_being_repeated() {
    let folder = project();
    let main = r#"{ config, ... }: {
  options = { password : Secret; database = { password : Secret | Null = null; port : Int = 1; }; name : String = "a"; };
  config.resources.db = { kind = "Secret"; metadata.name = "db"; data = { a = config.password; b = config.database.password; }; };
}"#;
    fs::write(folder.path().join("main.nxk"), main).expect("written");
    let password = format!("password={SECRET}");
    let json = format!(r#"database={{"password":"{SECRET}","port":"a"}}"#);
    let nested = format!("database.password={SECRET}");
    let mistyped = format!("databse.password={SECRET}");
    let with_source = format!("name={SECRET}");
    let nowhere = format!("nothing={SECRET}");
    for (arguments, code) in [
        (vec!["--set", password.as_str()], "E0507"),
        (vec!["--set", json.as_str()], "E0301"),
        (vec!["--set", nested.as_str()], "E0507"),
        (vec!["--set", mistyped.as_str()], "E0501"),
        // The secret itself where its place should be.
        (vec!["--set-secret", password.as_str()], "E1002"),
        (vec!["--set-secret", with_source.as_str()], "E0507"),
        (vec!["--set-secret", nowhere.as_str()], "E0501"),
        (vec!["--set-secret", "password=env:NXK_TEST_NO_SUCH_VARIABLE"], "E0507"),
        (vec!["--set-secret", "password=."], "E1002"),
        (vec!["--set-secret", "database.port=password"], "E0507"),
    ] {
        let output = nxk(&folder, &[&["compile", "main.nxk"], arguments.as_slice()].concat());
        let said = both(&output);
        assert!(output.status.code() == Some(1) && said.contains(code), "{arguments:?}: {said}");
        assert_eq!(leak(&output), None, "{arguments:?}: {said}");
    }
    for usage in ["password", "password=", "=x", "a..b=x", "password=env:"] {
        let output = nxk(&folder, &["compile", "main.nxk", "--set-secret", usage]);
        assert_eq!(output.status.code(), Some(2), "{usage}: {}", both(&output));
    }
}

#[test]
fn secrets_that_kubernetes_could_not_hold_are_told() {
    let folder = project();
    fs::write(folder.path().join("large"), vec![b'x'; 1024 * 1024 + 1]).expect("written");
    let compile = |definition: &str| {
        let program =
            configuration(&format!(r#"resources.db = {{ kind = "Secret"; metadata.name = "db"; {definition} }};"#));
        fs::write(folder.path().join("main.nxk"), program).expect("written");
        let output = nxk(&folder, &["compile", "main.nxk", "--set-secret", "password=password"]);
        assert_eq!((output.status.code(), output.stdout.len()), (Some(1), 0), "{}", both(&output));
        both(&output)
    };
    assert!(compile("data.a = lib.secret.file ./large;").contains("E1004"));
    assert!(compile("stringData.a = lib.secret.file ./bytes;").contains("E1003"));
    assert!(compile("data.a = lib.secret.file ../outside;").contains("E1005"));
    assert!(compile("data.a = lib.secret.file ./.;").contains("E1002"));
}

#[test]
fn explanations_tell_of_a_secret_that_it_is_one() {
    let folder = project();
    let program = configuration(
        r#"resources.db = { kind = "Secret"; metadata.name = "db"; stringData.url = lib.secret.concat [ "a:" config.password ]; };"#,
    );
    fs::write(folder.path().join("main.nxk"), program).expect("written");
    for path in ["password", r#"resources.db.stringData.url"#, "resources.db"] {
        for form in [&[][..], &["--format", "json"]] {
            let arguments = [&["explain", "main.nxk", path, "--set-secret", "password=password"], form].concat();
            let output = nxk(&folder, &arguments);
            assert_eq!(output.status.code(), Some(0), "{}", both(&output));
            assert_eq!(leak(&output), None);
            assert!(text(&output.stdout).contains("<secret>"), "{path}: {}", both(&output));
        }
    }
}

/// `s` in the source is what would be found there; what is held must not show.
#[test]
fn what_holds_a_secret_shows_nothing_in_debug_output() {
    let folder = project();
    let mut world = nxk::source::World::new(folder.path()).expect("a root");
    world.overlay("other", "nothing");
    let secret =
        nxk::secret::Secret::from(nxk::secret::Source::Given(folder.path().join("password")), nxk::source::Span::NONE);
    let secret = nxk::secret::Secret::joined(
        vec![secret, nxk::secret::Secret::text(SECRET, nxk::source::Span::NONE)],
        nxk::source::Span::NONE,
    )
    .expect("two pieces");
    assert!(secret.reveal_text(&world).expect("is there").contains(SECRET));
    let value = nxk::value::Value::new(nxk::value::Kind::Secret(secret.clone()), nxk::source::Span::NONE);
    let node = nxk::node::Node::new(nxk::node::NodeKind::Secret(secret.clone()), nxk::source::Span::NONE);
    let mut yaml = String::new();
    nxk::emit::yaml::document(&node, &mut yaml);
    let missing = nxk::secret::Secret::from(nxk::secret::Source::Variable("NXK_NONE".into()), nxk::source::Span::NONE);
    let failure = missing.reveal(&world).expect_err("it is not set");
    let shown = format!(
        "{world:?} {secret:?} {value:?} {node:?} {node:#?} {failure:?} {yaml} {}",
        nxk::emit::json::list(&[&node])
    );
    assert!(!TRACES.iter().any(|trace| shown.contains(trace)), "{shown}");
}

/// What is wrong with any of the cases.
fn in_all(cases: &[&str], wrong: impl Fn(&&str) -> Vec<String> + Sync) -> Vec<String> {
    support::in_parallel(cases, wrong).into_iter().flatten().collect()
}

fn configuration(definition: &str) -> String {
    format!("{{ config, lib, ... }}: {{\n  options.password : Secret;\n  config = {{\n{definition}\n  }};\n}}\n")
}

/// A folder with secrets in it.
fn project() -> TempDir {
    let folder = tempfile::tempdir().expect("a scratch folder");
    let write = |name: &str, bytes: &[u8]| fs::write(folder.path().join(name), bytes).expect("written");
    write("password", format!("{SECRET}\n").as_bytes());
    write("other", SECRET.as_bytes());
    write("odd", b"a \"b\\/\n");
    write("bytes", b"\0\xff\n");
    folder
}

fn nxk(folder: &TempDir, arguments: &[&str]) -> Output {
    with_input(folder, arguments, SECRET)
}

fn with_input(folder: &TempDir, arguments: &[&str], input: &str) -> Output {
    use std::io::Write;
    let mut command: Command = support::nxk();
    command.current_dir(folder.path() as &Path).args(arguments).env("NXK_TEST_PASSWORD", SECRET);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("the built program starts");
    // Most runs never read it.
    let _ = child.stdin.take().expect("it is piped").write_all(input.as_bytes());
    child.wait_with_output().expect("it ends")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn both(output: &Output) -> String {
    format!("{}{}", text(&output.stdout), text(&output.stderr))
}

/// What of the secret is in what came out.
fn leak(output: &Output) -> Option<&'static str> {
    let all = both(output);
    TRACES.into_iter().find(|trace| all.contains(trace))
}
