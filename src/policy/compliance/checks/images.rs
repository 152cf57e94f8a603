//! What images are run.

use super::super::{Check, Container, Context, Failure, Outcome, Subject};
use super::{each_container, of_container};
use crate::policy::images::{Reference, moving_tag};

pub(super) const CHECKS: &[Check] = &[
    Check { id: "image-tag", title: "images have a tag that does not change", run: tag },
    Check { id: "image-digest", title: "what is regulated runs images that are pinned to one content", run: digest },
    Check { id: "image-registry", title: "images name the registry that they come from", run: registry },
    Check { id: "image-pull", title: "what can change behind a tag is asked for at every start", run: pull },
];

fn tag(subject: &Subject<'_>, _: &Context<'_>) -> Outcome {
    each_image(subject, |image| {
        moving_tag(image).map(|message| (message, "name a version, such as `:1.27`, or a digest"))
    })
}

/// Where it is regulated; elsewhere a digest is only advised.
fn digest(subject: &Subject<'_>, _: &Context<'_>) -> Outcome {
    if subject.environment != "regulated" {
        return Outcome::NotApplicable;
    }
    each_image(subject, |image| {
        image.digest.is_none().then(|| {
            let message = format!("the image `{image}` has no digest");
            (message, "pin it: write `image:tag@sha256:…`, which names exactly one content")
        })
    })
}

fn registry(subject: &Subject<'_>, _: &Context<'_>) -> Outcome {
    each_image(subject, |image| {
        image.registry.is_none().then(|| {
            let message = format!("the image `{image}` comes from wherever the nodes look first");
            (message, "write the registry in front, such as `registry.example.com/`")
        })
    })
}

fn pull(subject: &Subject<'_>, _: &Context<'_>) -> Outcome {
    each_container(subject, |container| {
        let image = container.at(&["image"])?;
        let reference = Reference::read(image.as_str()?);
        let policy = container.at(&["imagePullPolicy"]);
        let asks = policy.and_then(|policy| policy.as_str()) == Some("Always");
        (reference.digest.is_none() && !asks).then(|| {
            let message = format!("a node may run an old copy of `{reference}`, or one that others put there");
            let hint = "pin the image with a digest, or set `imagePullPolicy = \"Always\";`";
            of_container(container, "imagePullPolicy", [policy, Some(image)], (message, hint))
        })
    })
}

fn each_image(subject: &Subject<'_>, look: impl Fn(&Reference<'_>) -> Option<(String, &'static str)>) -> Outcome {
    let failure = |container: &Container<'_>| -> Option<Failure> {
        let image = container.at(&["image"])?;
        let wrong = look(&Reference::read(image.as_str()?))?;
        Some(of_container(container, "image", [Some(image), None], wrong))
    };
    each_container(subject, failure)
}
