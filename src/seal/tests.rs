//! What can be known of sealing without opening anything; the rest is in `tests/seal.rs`.

use jiff::civil::Date;
use proptest::prelude::*;

use super::lock::{DataKey, SecretId};
use super::{Lock, Plan, Reason, Scope, Wanted, plain_bytes};

/// Something of the form of a sealed value, of so many bytes.
fn ciphertext(bytes: usize) -> String {
    crate::secret::base64(&[&[1, 0][..], &vec![7; 256 + bytes + 16]].concat())
}

fn day(text: &str) -> Date {
    text.parse().expect("a day")
}

fn wanted() -> impl Strategy<Value = Vec<Wanted>> {
    let scope = prop_oneof![Just(Scope::Strict), Just(Scope::Namespace), Just(Scope::Cluster)];
    let secret = ("[ab]", "[a-c]", scope, proptest::collection::btree_set("[k-n]", 0..4));
    let secret = secret.prop_map(|(namespace, name, scope, keys)| Wanted {
        namespace,
        name,
        scope,
        keys: keys.into_iter().collect(),
    });
    proptest::collection::vec(secret, 0..6).prop_map(|mut all| {
        all.sort_by_key(Wanted::id);
        all.dedup_by_key(|wanted| wanted.id());
        all
    })
}

/// Carries a plan out with values of the right form.
fn carry_out(lock: &mut Lock, wanted: &[Wanted], certificate: &str, all: bool) -> Plan {
    let plan = Plan::new(lock, wanted, Some(certificate), all);
    for step in plan.steps.iter().filter(|step| step.reason.is_some()) {
        let sealed = step.seal.iter().map(|_| ciphertext(3)).collect();
        lock.take_in(&wanted[step.of], step, sealed, (certificate, day("2026-11-21")));
    }
    plan
}

proptest! {
    /// Whatever was sealed before, one run brings the lock file up to date, and a second one has nothing to do.
    #[test]
    fn one_run_is_enough(before in wanted(), after in wanted(), renewed: bool, all: bool) {
        let mut lock = Lock::default();
        let (old, new) = ("a".repeat(64), "b".repeat(64));
        carry_out(&mut lock, &before, &old, false);
        let certificate = if renewed { &new } else { &old };
        carry_out(&mut lock, &after, certificate, all);
        let again = Plan::new(&lock, &after, Some(certificate), false);
        prop_assert!(again.steps.iter().all(|step| step.reason.is_none() && step.seal.is_empty()), "{again:?}");
        for wanted in after.iter().filter(|wanted| !wanted.keys.is_empty()) {
            let sealed = &lock.secrets[&wanted.id()];
            prop_assert_eq!(sealed.scope, wanted.scope);
            prop_assert!(wanted.keys.iter().all(|key| sealed.data.contains_key(&DataKey(key.clone()))));
        }
        let text = lock.text();
        prop_assert_eq!(Lock::read(&text), Ok(lock.clone()));
        lock.prune(&after);
        prop_assert_eq!(Plan::new(&lock, &after, Some(certificate), false).unnamed, Vec::<SecretId>::new());
    }
}

proptest! {
    /// Whatever stands in a lock file, it is read or refused at one of its lines.
    #[test]
    fn any_text_is_read_or_refused(text in "([ -~\\n]|[{}\":,]|version|secrets|data|a/b){0,60}", at in 0usize..400, byte: u8) {
        let mut lock = Lock::default();
        let wanted = Wanted { namespace: "a".into(), name: "b".into(), scope: Scope::Strict, keys: vec!["k".into()] };
        carry_out(&mut lock, &[wanted], &"a".repeat(64), false);
        let mut changed = lock.text().into_bytes();
        if let Some(place) = changed.get_mut(at) {
            *place = byte;
        }
        for text in [text, String::from_utf8_lossy(&changed).into_owned()] {
            if let Err(malformed) = Lock::read(&text) {
                prop_assert!((1..=text.lines().count() + 1).contains(&malformed.line), "{malformed:?}");
            }
        }
    }
}

#[test]
fn a_reason_is_given_and_only_what_needs_it_is_sealed() {
    let secret = |scope, keys: &[&str]| Wanted {
        namespace: "shop".into(),
        name: "db".into(),
        scope,
        keys: keys.iter().map(ToString::to_string).collect(),
    };
    let (old, new) = ("a".repeat(64), "b".repeat(64));
    let mut lock = Lock::default();
    carry_out(&mut lock, &[secret(Scope::Strict, &["a", "b"])], &old, false);
    let step = |wanted: Wanted, certificate: Option<&str>, all| {
        let step = Plan::new(&lock, &[wanted], certificate, all).steps.remove(0);
        (step.reason, step.seal.concat(), step.unnamed.concat())
    };
    let told = |reason, seal: &str, unnamed: &str| (reason, seal.to_owned(), unnamed.to_owned());
    let same = secret(Scope::Strict, &["a", "b"]);
    assert_eq!(step(same.clone(), Some(&old), false), told(None, "", ""));
    assert_eq!(step(same.clone(), None, false), told(None, "", ""));
    assert_eq!(step(same.clone(), Some(&new), false), told(Some(Reason::Certificate), "ab", ""));
    assert_eq!(step(same, Some(&old), true), told(Some(Reason::Asked), "ab", ""));
    let more = secret(Scope::Strict, &["a", "c"]);
    assert_eq!(step(more, Some(&old), false), told(Some(Reason::NewKeys), "c", "b"));
    let wider = secret(Scope::Cluster, &["a", "b"]);
    assert_eq!(step(wider, Some(&old), false), told(Some(Reason::Scope(Scope::Strict)), "ab", ""));
    let other = Wanted { name: "cache".into(), ..secret(Scope::Strict, &["a"]) };
    assert_eq!(step(other, Some(&old), false), told(Some(Reason::New), "a", ""));
}

#[test]
fn sealed_values_are_told_from_others() {
    for bytes in [0, 1, 2, 1000] {
        assert_eq!(plain_bytes(&ciphertext(bytes)), Some(bytes));
    }
    let good = ciphertext(0);
    for bad in ["", "password", "AQA=", "////", &good[4..], &good[..good.len() - 4], &format!("{good}\n")] {
        assert_eq!(plain_bytes(bad), None, "{bad}");
    }
}
