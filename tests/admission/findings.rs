//! What the build says of policies, and of what they would refuse.

use crate::support::compiled::Source;

/// A configuration with these policies, whose findings are asked.
fn shop(policies: &str, further: &str) -> Source {
    Source::new(&format!(
        "framework = {{ namespace = \"shop\"; kubernetesVersion = \"1.37\"; policies = {{ {policies} }}; }};\n{further}"
    ))
}

#[test]
fn what_would_be_refused_is_told_where_it_was_written() {
    for (policies, further, at, message) in [
        (
            "registries = [ \"registry.example.com\" ];",
            "applications.web.image = \"quay.io/shop/web:1\";",
            "\"quay.io/shop/web:1\"",
            "comes from `quay.io`",
        ),
        (
            "registries = [ \"registry.example.com\" ];",
            "cronJobs.web = { image = \"web:1\"; schedule = \"0 3 * * *\"; };",
            "\"web:1\"",
            "comes from Docker Hub",
        ),
        ("requireTag = true;", "deployments.web.image = \"web:latest\";", "\"web:latest\"", "can change at any time"),
        ("requireDigest = true;", "deployments.web.image = \"web:1\";", "\"web:1\"", "has no digest"),
        ("labels = [ \"team\" ];", "deployments.web.image = \"web:1\";", "web", "has no label `team`"),
        (
            "level = \"high\";",
            "framework.compliance = { framework = \"SOC2\"; level = \"medium\"; owner = \"web\"; }; roles.web.rules = [ { resources = [ \"pods\" ]; verbs = [ \"get\" ]; } ];",
            "\"medium\"",
            "at the level standard, and the policies admit high and above",
        ),
    ] {
        let found = shop(policies, further).errors();
        let it =
            found.iter().find(|finding| finding.code == "E0920").unwrap_or_else(|| panic!("{further}: {found:#?}"));
        assert_eq!(it.at, at, "{further}");
        assert!(it.message.contains(message), "{}", it.message);
        assert!(!it.hint.is_empty());
    }
}

#[test]
fn what_pods_are_given_is_judged_with_them() {
    let restricted = "compliance = { framework = \"CIS\"; level = \"high\"; owner = \"web\"; };";
    let found = Source::new(&format!(
        "framework = {{ namespace = \"shop\"; {restricted} policies = {{ backends = [ \"vap\" ];\n\
         sidecars.proxy = {{ image = \"registry.example.com/proxy:1\"; podLabels.mesh = \"on\"; }}; }}; }};\n\
         applications.web = {{ image = \"registry.example.com/web:1\"; labels.mesh = \"on\"; }};"
    ))
    .errors();
    let refused: Vec<_> = found.iter().filter(|finding| finding.code == "E0920").collect();
    assert!(!refused.is_empty(), "{found:#?}");
    for finding in &refused {
        assert!(finding.message.starts_with("pods with the sidecar `proxy` would be refused: "), "{}", finding.message);
        assert_eq!(finding.at, "\"registry.example.com/proxy:1\"");
    }
    // Nobody gets it.
    Source::new(&format!(
        "framework = {{ namespace = \"shop\"; {restricted} policies = {{ backends = [ \"vap\" ];\n\
         sidecars.proxy = {{ image = \"registry.example.com/proxy:1\"; podLabels.mesh = \"on\"; }}; }}; }};\n\
         applications.web = {{ image = \"registry.example.com/web:1\"; }};"
    ))
    .objects();
}

#[test]
fn back_ends_that_the_target_lacks_are_told() {
    let registries = "registries = [ \"registry.example.com\" ];";
    for (version, kyverno, policies, at, message) in [
        (
            "1.29",
            "1.19",
            "backends = [ \"vap\" ];",
            "\"vap\"",
            "Kubernetes 1.29 does not serve `ValidatingAdmissionPolicy`",
        ),
        ("1.31", "1.12", "backends = [ \"kyverno-cel\" ];", "\"kyverno-cel\"", "not known of Kyverno 1.12"),
        (
            "1.35",
            "1.19",
            "backends = [ \"vap\" ]; sidecars.proxy.image = \"registry.example.com/proxy:1\";",
            "\"registry.example.com/proxy:1\"",
            "nothing adds the sidecar `proxy` to pods",
        ),
        (
            "1.35",
            "1.19",
            "backends = [ \"vap\" ]; pullPolicy.staging = \"Always\";",
            "\"Always\"",
            "nothing adds `pullPolicy.staging` to pods",
        ),
    ] {
        let found = Source::new(&format!(
            "framework = {{ kubernetesVersion = \"{version}\"; addons.kyverno = \"{kyverno}\"; environment = \"staging\";\n\
             policies = {{ {registries} {policies} }}; }};"
        ))
        .error();
        assert_eq!((found.code.as_str(), found.at.as_str()), ("E0922", at), "{}", found.message);
        assert!(found.message.contains(message), "{}", found.message);
        assert!(!found.hint.is_empty());
    }
}

#[test]
fn mistakes_in_policies_are_told() {
    for (policies, code, at) in
        [("rules.image-tga = \"Off\";", "E0501", "image-tga"), ("registries = [ \"shop\" ];", "E0606", "\"shop\"")]
    {
        let found = shop(policies, "").error();
        assert_eq!((found.code.as_str(), found.at.as_str()), (code, at), "{}", found.message);
        assert!(!found.hint.is_empty());
    }
}

#[test]
fn what_is_excluded_or_off_is_not_told() {
    for policies in [
        "registries = [ \"registry.example.com\" ]; exclude = [ { name = \"legacy-*\"; } ];",
        "registries = [ \"registry.example.com\" ]; rules.registries = \"Off\";",
        "registries = [ \"registry.example.com\" ]; rules.registries = \"Warn\";",
        "registries = [ \"registry.example.com\" ]; namespaces = [ \"others\" ];",
    ] {
        shop(policies, "deployments.legacy-web.image = \"quay.io/web:1\";").objects();
    }
}
