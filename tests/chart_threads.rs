//! A chart is the same on one thread and on two, and what is wrong with a configuration is told as it is for manifests.

mod support;

use std::path::Path;

use nxk::chart;
use nxk::driver::chart::chart_on;
use nxk::driver::{self, Request, Session};
use nxk::eval::STACK_BYTES;
use support::compiled::Source;
use support::{files_below, repository};

/// Two applications, and what a test says further.
fn shop(further: &str) -> Source {
    Source::new(&format!(
        "  framework = {{ project = \"shop\"; namespace = \"shop\"; }};
  applications.web = {{
    image = \"shop/web:1.4.2\"; replicas = 2; ports = [ 8080 ]; env.LEVEL = \"info\"; dependencies = [ \"api\" ];
  }};
  applications.api = {{ image = \"shop/api:2\"; ports = [ 9090 ]; env.NAME = \"nxkq\"; }};
{further}"
    ))
}

/// Everything that a session says and gives, as text.
fn told<T>(entry: &Path, run: impl Fn(&mut Session) -> Option<T> + Sync, show: fn(&T) -> String) -> String {
    let request = Request { entry: entry.to_owned(), source_commit: Some("c0ffee".into()), ..Request::default() };
    let work = || {
        let mut session = Session::new(request).expect("the folder is there");
        let made = run(&mut session);
        let made = made.filter(|_| !session.has_errors()).map_or("nothing".to_owned(), |made| show(&made));
        format!("{made}\n{:#?}\n{:#?}", session.machine.findings, session.machine.traces)
    };
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().stack_size(STACK_BYTES).spawn_scoped(scope, work).expect("a thread");
        thread.join().expect("it does not panic")
    })
}

fn charted(entry: &Path, threads: usize) -> String {
    told(entry, |session| chart_on(session, threads), |charted| format!("{:#?}", chart::files(&charted.chart)))
}

/// Holds the chart that two threads make to that of one; gives it.
fn agreed(entry: &Path) -> String {
    let (one, two) = (charted(entry, 1), charted(entry, 2));
    let differing = one.lines().zip(two.lines()).find(|(one, two)| one != two);
    assert!(one == two, "{}: {differing:#?}", entry.display());
    two
}

#[test]
fn charts_of_the_examples_are_the_same() {
    for entry in files_below("examples", "/main.nxk") {
        assert!(!agreed(&repository().join(&entry)).starts_with("nothing"), "{}", entry.display());
    }
}

#[test]
fn charts_are_the_same_whatever_is_looked_at() {
    let decided =
        "configMaps.derived.data.size = if config.applications.web.replicas > 3 then \"large\" else \"small\";";
    let compared = "configMaps.derived.data.first = with config.applications;
  if web.replicas < api.replicas then \"web\" else \"api\"; applications.api.replicas = 3;";
    let looked = "configMaps.derived.data.first = builtins.substring 0 3 config.applications.web.image;";
    let waves = "framework.gitops = {
    tool = \"argocd\"; repository = \"https://git.example.com/a.git\"; path = \"x\"; argoCd.syncWaves = true;
  };";
    // The letters that stand for values as a rule.
    let letters = "configMaps.odd.data.text = \"nxkzq1x\"; configMaps.nxkzqzq.data.a = \"b\";";
    let late = "configMaps.late.data.text = builtins.readFile ./late.txt;";
    let traced = "configMaps.said.data.text = builtins.trace \"once\" \"text\";";
    for further in ["", decided, compared, looked, waves, letters, late, traced] {
        let source = shop(further).file("late.txt", "late\n");
        assert!(!agreed(&source.written()).starts_with("nothing"), "{further}");
    }
}

#[test]
fn what_is_wrong_is_told_as_for_manifests() {
    for further in [
        "configMaps.x.data = { a = 1",
        "applications.web.replicas = \"many\";",
        "applications.web.colour = \"red\";",
        "configMaps.x.data.a = throw \"no text\";",
        "configMaps.x.data.a = builtins.readFile ./missing.txt;",
        "resources.\"Deployment/web\".spec.replica = 3;",
        "applications.web.dependencies = [ \"nobody\" ];",
        "assertions = [ { assertion = false; message = \"not like this\"; } ];",
        "imports = [ ./missing.nxk ];",
    ] {
        let source = shop(further);
        let entry = source.written();
        let manifests = told(&entry, driver::compile, |_| "objects".to_owned());
        assert!(manifests.starts_with("nothing"), "{further}: {manifests}");
        assert_eq!(charted(&entry, 2), manifests, "{further}");
        assert_eq!(charted(&entry, 1), manifests, "{further}");
    }
}

#[test]
fn what_a_program_says_on_its_way_is_said_once() {
    let source = shop("configMaps.said.data.text = builtins.trace \"once\" \"text\";");
    assert_eq!(agreed(&source.written()).matches("\"trace: once\"").count(), 1);
}
