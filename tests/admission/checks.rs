//! The rules that stand for checks: over the cases of the checks themselves, which the build refuses or takes.
//!
//! A case is evaluated with the policies of its configuration, up to the objects, and before anybody judges them. Then the
//! rule has to say of them what the check says.

#[path = "../compliance/cases.rs"]
#[allow(dead_code)]
mod cases;

use std::collections::BTreeSet;

use cases::{Case, Verdict};
use nxk::driver::{Request, Session, Setting};
use nxk::eval::STACK_BYTES;
use nxk::policy::admission::{self, Says};
use nxk::policy::compliance::{Framework, all_checks, regulations};
use nxk::policy::level::Level;
use serde_json::Value;

use crate::door::{Backend, Door};
use crate::support::{files_below, in_parallel};

fn all_cases() -> Vec<Case> {
    files_below("tests/corpus/compliance", ".cases").iter().flat_map(|path| cases::read(path)).collect()
}

#[test]
fn the_table_speaks_of_every_check_once() {
    let checks: Vec<&str> = all_checks().map(|check| check.id).collect();
    let spoken: Vec<&str> = admission::spoken_of().collect();
    let sorted = |names: &[&str]| names.iter().map(|name| name.to_string()).collect::<BTreeSet<_>>();
    assert_eq!(sorted(&spoken), sorted(&checks));
    assert_eq!(spoken.len(), checks.len(), "no check is there twice");
}

#[test]
fn rules_say_what_checks_say() {
    let rules: BTreeSet<&str> =
        all_checks().filter(|check| matches!(admission::says(check), Says::Rule(_))).map(|check| check.id).collect();
    let cases: Vec<Case> = all_cases().into_iter().filter(|case| rules.contains(case.check.as_str())).collect();
    let refused = |case: &&Case| matches!(case.verdict, Verdict::Fail(_));
    assert!(cases.iter().filter(refused).count() >= 60, "counter-examples");
    let wrong: Vec<String> = in_parallel(&cases, problem).into_iter().flatten().collect();
    assert!(wrong.is_empty(), "{} of {} cases:\n\n{}", wrong.len(), cases.len(), wrong.join("\n\n"));
}

/// What fails in the build alone: which commit it was, no cluster knows.
const UNSEEN: &str = "ConfigMap `web` does not name the commit that it was made from";

/// What is wrong with what the rule of a case's check says.
fn problem(case: &Case) -> Option<String> {
    let (framework, level) = first_that_asks(&case.check);
    let objects = objects(case, framework, level);
    // Before 1.30, Kubernetes has no policies of its own.
    let mut door = Door::of(Backend::Kubernetes, &objects);
    if door.policies.is_empty() {
        door = Door::of(Backend::Kyverno, &objects);
    }
    // Cases live where they like, so that policies are asked wherever they hold.
    let refusals = objects.iter().map(nearest).flat_map(|object| {
        let of_kind = door.policies.iter().filter(|policy| {
            let group = object["apiVersion"].as_str().unwrap_or_default();
            let group = group.rsplit_once('/').map_or("", |(group, _)| group);
            policy.kinds.iter().any(|(of, kind)| of == group && object["kind"] == kind.as_str())
        });
        of_kind.flat_map(|policy| policy.judge(&object)).collect::<Vec<_>>()
    });
    let refused = refusals.filter(|refusal| refusal.rule == case.check).count() > 0;
    let wanted = matches!(&case.verdict, Verdict::Fail(words) if words != UNSEEN);
    (refused != wanted).then(|| {
        let rules = door.policies.iter().flat_map(|policy| &policy.rules).filter(|rule| rule.name() == case.check);
        let rules: Vec<&str> = rules.map(|rule| rule.expression.as_str()).collect();
        format!("{} ({}): refused: {refused}, but {:?}\n{}", case.origin, case.check, case.verdict, rules.join("\n"))
    })
}

/// What policies leave alone, as what is most like it: cases are often told of roles of the whole cluster, and of objects
/// that the cluster makes as well.
fn nearest(object: &Value) -> Value {
    let (api, kind) = match object["kind"].as_str().unwrap_or_default() {
        "ClusterRole" => ("rbac.authorization.k8s.io/v1", "Role"),
        "ClusterRoleBinding" => ("rbac.authorization.k8s.io/v1", "RoleBinding"),
        "ConfigMap" => ("v1", "Service"),
        _ => return object.clone(),
    };
    let mut like = object.clone();
    like["apiVersion"] = api.into();
    like["kind"] = kind.into();
    like
}

/// The objects of a case, whatever is wrong with them.
fn objects(case: &Case, framework: &'static Framework, level: Level) -> Vec<Value> {
    let folder = tempfile::tempdir().expect("a scratch folder");
    let given = [("owner", "\"payments\""), ("dataClassification", "\"internal\""), ("auditRequired", "true")];
    let given = given.iter().filter(|(part, _)| *part != case.without);
    let given: String = given.map(|(part, value)| format!(" {part} = {value};")).collect();
    let main = format!(
        "{{ imports = [ ./case.nxk ]; framework = {{ policies = {{ backends = [ \"vap\" \"kyverno\" ]; namespaces = [ \"team\" ]; }}; \
         compliance = {{ framework = \"{}\"; level = \"{level}\";{given} }}; }}; }}\n",
        framework.key
    );
    std::fs::write(folder.path().join("main.nxk"), main).expect("written");
    std::fs::write(folder.path().join("case.nxk"), &case.text).expect("written");
    let mut request = Request { entry: folder.path().join("main.nxk"), ..Request::default() };
    for pair in case.options.chunks(2) {
        match [pair[0].as_str(), pair[1].as_str()] {
            ["--k8s-version", version] => request.kubernetes_version = Some(version.to_string()),
            ["--source-commit", commit] => request.source_commit = Some(commit.to_string()),
            ["--set", setting] => request.settings.push(Setting::parse(setting).expect("a setting")),
            other => panic!("{}: {other:?}", case.origin),
        }
    }
    // A session stays on its thread.
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().stack_size(STACK_BYTES).spawn_scoped(scope, || lowered(request));
        thread.expect("a thread").join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    })
}

fn lowered(request: Request) -> Vec<Value> {
    let mut session = Session::new(request).expect("the folder is there");
    let parsed = session.parse().expect("the file is there");
    let checked = session.check(parsed);
    let evaluated = session.evaluate(checked).expect("it is a configuration");
    let lowered = session.lower(&evaluated);
    let nodes: Vec<&nxk::node::Node> = lowered.objects.iter().map(|object| &object.node).collect();
    let list: Value = serde_json::from_str(&nxk::emit::json::list(&nodes)).expect("it is JSON");
    list["items"].as_array().cloned().unwrap_or_default()
}

/// The first regulation that asks for a check, and the level from which it does.
fn first_that_asks(check: &str) -> (&'static Framework, Level) {
    let asks = |framework: &'static Framework| {
        let controls = framework.controls().filter(|control| control.checks.contains(&check));
        Some((framework, controls.map(|control| control.from).min()?))
    };
    regulations().find_map(asks).unwrap_or_else(|| panic!("nothing asks for `{check}`"))
}
