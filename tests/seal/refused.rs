//! What cannot be sealed, or not be copied, and what is said of it.

use std::fs;

use nxk::seal::Certificate;

use super::CANARY;
use super::project::{Keys, Project, assert_says, encoded, stderr, stdout};
use super::support;

#[test]
fn certificates_that_cannot_be_used_are_refused() {
    let Some(project) = Project::new("{ sealedSecrets.db.data.password = s ./password; }") else { return };
    project.write("password", CANARY);
    for (name, why) in [
        ("expired", "` has expired on "),
        ("elliptic", "` has an elliptic-curve key, and secrets are sealed with RSA"),
        ("small", "` has an RSA key of 1024 bits, and at least 2048 are needed"),
        ("with-key", "` holds a private key, where the certificate alone is needed"),
        ("cut", "` is not a certificate that can be read: it is cut off or damaged"),
        ("shortened", "` is not a certificate that can be read: it is cut off or damaged"),
        ("empty", "` holds no certificate in PEM"),
        ("garbage", "` holds no certificate in PEM"),
        ("large", "` is too large for a certificate"),
        ("missing", "` cannot be read: there is no such file"),
        ("", "` cannot be read: it is a folder"),
        ("first.der", "` is a certificate in DER, and PEM is needed"),
        ("first.key", "` holds a private key"),
    ] {
        let file = if name.contains('.') { project.keys.path(name).display().to_string() } else { project.key(name) };
        let file = if name.is_empty() { project.keys.folder.path().display().to_string() } else { file };
        let output = project.seal(&["--cert", &file]);
        let said = stderr(&output);
        assert_eq!(output.status.code(), Some(1), "{name}: {said}");
        assert!(said.contains(&format!("error[E1009]: `{file}{why}")), "{name}: {said}");
        assert!(said.contains("help: "), "{name}: {said}");
        assert!(!project.path("secrets.lock").exists(), "{name}");
    }
    let address = project.seal(&["--cert", "https://example.com/v1/cert.pem"]);
    assert!(stderr(&address).contains("nxk never uses the network"), "{}", stderr(&address));
    assert_eq!(project.seal(&[]).status.code(), Some(2), "without a certificate nothing can be sealed");
    let told = project.seal(&["--cert", &project.key("expired"), "--allow-expired"]);
    assert_says(&told, 0, ", expired on ");
    let pem = fs::read(project.key("first")).expect("it was made");
    assert_says(&project.fed("seal", &["--cert", "-"], &pem), 0, "sealed   default/db");
    let both = ["--cert", "-", "--set-secret", "sealedSecrets.db.data.other=-"];
    assert_eq!(project.fed("seal", &both, &pem).status.code(), Some(2), "it can be read once only");
    let output = project.fed("seal", &["--cert", "-"], b"");
    assert!(stderr(&output).contains("error[E1009]: the standard input holds no certificate"), "{}", stderr(&output));
}

/// A certificate with any byte changed is refused, or is one that can be sealed with: nothing else happens.
#[test]
fn damaged_certificates_do_no_harm() {
    let Some(keys) = Keys::made() else { return };
    let der = fs::read(keys.path("first.der")).expect("it was made");
    let mut refused = 0;
    for at in 0..der.len() {
        for change in [0x01, 0x80, 0xff] {
            let mut damaged = der.clone();
            damaged[at] ^= change;
            let pem = format!("-----BEGIN CERTIFICATE-----\n{}\n-----END CERTIFICATE-----\n", encoded(&damaged));
            match Certificate::read(&pem) {
                // Nothing in it says whether the modulus is the one that it was.
                Ok(certificate) => drop(nxk::seal::seal(b"x", "a/b", &certificate)),
                Err(_) => refused += 1,
            }
        }
        let cut = format!("-----BEGIN CERTIFICATE-----{}-----END CERTIFICATE-----", encoded(&der[..at]));
        assert!(Certificate::read(&cut).is_err(), "cut off behind {at} bytes");
    }
    assert!(refused > der.len() / 4, "only {refused} changes were noticed");
}

#[test]
fn a_compile_says_what_is_not_sealed() {
    let Some(project) = Project::new("{ sealedSecrets.db.data.password = s ./password; }") else { return };
    project.write("password", CANARY).write("other", CANARY);
    project.says(&["E0912 2 the secret `default/db` is not sealed: there is no `secrets.lock`"]);
    project.seals(&["--cert", &project.key("first")]);
    project.says(&[]);
    project.configure("{\n sealedSecrets.db.data = {\n password = s ./password;\n other = s ./other; }; }");
    project.says(&["E0912 5 `other` of the secret `default/db` is not sealed"]);
    project.configure("{\n sealedSecrets.db = {\n scope = \"cluster-wide\";\n data.password = s ./password; }; }");
    project.says(&["E0912 4 the secret `default/db` is sealed for the scope `strict`, and here it is `cluster-wide`"]);
    project.configure("{ sealedSecrets.renamed.data.password = s ./password; }");
    project.says(&["E0912 2 the secret `default/renamed` is not sealed"]);
    let hint = "if it was `default/db` before: what is sealed opens under its old name only";
    assert!(stderr(&project.nxk("check", &[])).contains(hint));
    project.configure("{ framework.namespace = \"shop\";\n sealedSecrets.db.data.password = s ./password; }");
    project.says(&["E0912 3 the secret `shop/db` is not sealed"]);
    project.configure(
        "{ sealedSecrets.db.data.password = s ./password;\n\
         resources.\"SealedSecret/db\".metadata.namespace = lib.mkForce \"other\"; }",
    );
    project.says(&["E0912 3 `password` is sealed for the namespace `default`, and this object is in `other`"]);
}

#[test]
fn entries_that_cannot_become_secrets_are_refused() {
    let Some(project) = Project::new("{ sealedSecrets.db.data.\"a b\" = s ./a; }") else { return };
    project.write("a", CANARY);
    let says = |text: &str, wanted: &str| {
        project.configure(text);
        let said = stderr(&project.nxk("check", &["--message-format", "short"]));
        assert!(said.contains(wanted), "{text}: {said}");
        assert!(!said.contains(CANARY), "{said}");
        assert_eq!(project.seal(&["--cert", &project.key("first")]).status.code(), Some(1), "{text}");
    };
    says("{ sealedSecrets.db.data.\"a b\" = s ./a; }", "E0701");
    says(&format!("{{ sealedSecrets.db.encryptedData.a = \"{CANARY}\"; }}"), "E0606");
    says("{ sealedSecrets.db.encryptedData.a = \"AgBtaGUgcGFzc3dvcmQ=\"; }", "E0606");
    says(
        "{ sealedSecrets.db = { type = \"kubernetes.io/tls\"; data.\"tls.crt\" = s ./a; }; }",
        "needs the key `tls.key`",
    );
    says("{ sealedSecrets.db.data.a = \"plain\"; }", "Secret");
    says("{ sealedSecrets = { db.data.a = s ./a; other = { name = \"db\"; data.a = s ./a; }; }; }", "E0702");
}

#[test]
fn lock_files_are_not_believed() {
    let Some(project) = Project::new("{ sealedSecrets = { a.data.x = s ./x; b.data.x = s ./x; }; }") else { return };
    project.write("x", "1");
    project.seals(&["--cert", &project.key("first")]);
    let good = project.lock();
    let sealed = project.ciphertext("default/a", "x");
    let deep = format!("{}{}", "[".repeat(200_000), "]".repeat(200_000));
    let twice = good.replacen("default/b", "default/a", 1);
    let secret = good.replacen(&sealed, CANARY, 1);
    let number = good.replacen(&format!("\"{sealed}\""), "7", 1);
    let cases: [(&str, String, &str); 16] = [
        ("nothing", String::new(), ":1:"),
        ("another kind of file", "a: b\n".into(), ":1:"),
        ("cut off", good[..good.len() / 2].into(), "it ends too early"),
        ("text behind it", format!("{good}x"), ":22:"),
        ("depth", deep, ":1:"),
        (
            "a later format",
            good.replacen("\"version\": 1", "\"version\": 2", 1),
            ":2:3: error[E1010]: the lock file cannot be read: it has the format 2",
        ),
        ("no format", "{ \"secrets\": {} }".into(), "missing field `version`"),
        ("a name twice", twice, ":12:"),
        ("plaintext", secret, ":9:"),
        ("a number", number, ":9:"),
        ("an unknown field", good.replacen("\"scope\"", "\"scopes\"", 1), ":5:"),
        ("an unknown scope", good.replacen("\"strict\"", "\"wide\"", 1), ":5:"),
        ("a day that is none", good.replacen("\"sealedAt\": \"20", "\"sealedAt\": \"99999", 1), ":7:"),
        ("a name without a namespace", good.replacen("default/a", "a", 1), ":4:"),
        ("a path for a name", good.replacen("default/a", "../../a", 1), ":4:"),
        (
            "a merge",
            good.replacen("      \"scope\"", "<<<<<<< ours\n      \"scope\"", 1),
            ":5:1: error[E1010]: the lock file cannot be read: the two sides of a merge were never put together",
        ),
    ];
    for (what, text, says) in cases {
        assert_ne!(text, good, "{what}");
        project.write("secrets.lock", &text);
        for (command, arguments) in [("compile", &[][..]), ("seal", &["--cert", &project.key("first")])] {
            let output = project.nxk(command, &[arguments, &["--message-format", "short"]].concat());
            let said = stderr(&output);
            assert_eq!(output.status.code(), Some(1), "{what}, {command}: {said}");
            assert!(
                said.contains("secrets.lock:") && said.contains("E1010") && said.contains(says),
                "{what}, {command}: {said}"
            );
            assert_eq!(said.matches("E1010").count(), 1, "{what}, {command}: {said}");
            assert!(!said.contains(CANARY), "{what}: {said}");
            assert_eq!(project.lock(), text, "{what}: it stays as it is");
        }
    }
    fs::remove_file(project.path("secrets.lock")).expect("it was there");
    fs::create_dir(project.path("secrets.lock")).expect("made");
    assert!(stderr(&project.seal(&["--cert", &project.key("first")])).contains("E1002"));
    fs::remove_dir(project.path("secrets.lock")).expect("it was there");
    let outside = tempfile::NamedTempFile::new().expect("a scratch file");
    std::os::unix::fs::symlink(outside.path(), project.path("secrets.lock")).expect("linked");
    assert!(stderr(&project.seal(&["--cert", &project.key("first")])).contains("E1005"));
    assert_eq!(fs::read(outside.path()).expect("still there"), b"");
}

#[test]
fn a_full_disk_leaves_the_file_as_it_was() {
    let Some(keys) = Keys::made() else { return };
    let Some(disk) = support::TinyDisk::mount() else { return };
    let write = |name: &str, content: &[u8]| fs::write(disk.path().join(name), content).expect("it fits");
    write("main.nxk", b"{ sealedSecrets.a.data.x = lib.secret.file ./x; }");
    write("x", b"1");
    let seal = |more: &[&str]| {
        let mut command = support::nxk();
        let certificate = keys.path("first.pem");
        command.arg("seal").arg(disk.path().join("main.nxk")).arg("--cert").arg(certificate).args(more);
        command.output().expect("it runs")
    };
    assert_eq!(seal(&[]).status.code(), Some(0));
    let before = fs::read(disk.path().join("secrets.lock")).expect("it was written");
    write("x", &[7; 150_000]);
    let failed = seal(&["--reseal"]);
    assert_eq!(failed.status.code(), Some(3), "{}", stderr(&failed));
    assert!(stderr(&failed).contains("E1007") && stdout(&failed).is_empty(), "{}", stderr(&failed));
    assert_eq!(fs::read(disk.path().join("secrets.lock")).expect("still there"), before);
    assert_eq!(fs::read_dir(disk.path()).expect("listed").count(), 3, "nothing is left behind");
}
