//! The small languages in Kubernetes strings: quantities, durations, times, base 64, names, addresses.
//!
//! Each is a pure function of the text and follows the API's own grammar to the letter.

mod address;
mod bytes;
mod name;
mod quantity;
mod time;

pub use address::{parse_cidr, parse_ip};
pub use bytes::{decode_base64, is_base64};
pub use name::{
    is_config_key, is_dns_label, is_dns_label_1035, is_dns_subdomain, is_env_name, is_label_value, is_path_segment,
    is_port_name, is_qualified_name,
};
pub use quantity::{is_percent, is_quantity, quantity_value};
pub use time::{check_cron, is_date_time, is_duration, time_zones};

#[cfg(test)]
mod tests {
    use super::*;

    fn all(check: fn(&str) -> bool, good: &[&str], bad: &[&str]) {
        good.iter().for_each(|text| assert!(check(text), "{text:?} is good"));
        bad.iter().for_each(|text| assert!(!check(text), "{text:?} is bad"));
    }

    #[test]
    fn quantities() {
        let good = [
            "0", "100m", "1.5Gi", "1e3", "1E3", "1E", "12.", ".5", "+1", "-1", "1e-3", "1e+3", "0.1", "64Ki", "5n",
            "Mi",
        ];
        let bad = ["", ".", "1K", "1ki", "1 Gi", "1Gib", "1e", "1.2.3", "+", "1mm", "0x1", "1e3m", "１"];
        all(is_quantity, &good, &bad);
        assert_eq!(quantity_value("1500m"), Some(1.5));
        assert_eq!(quantity_value("1Ki"), Some(1024.0));
    }

    #[test]
    fn times() {
        all(is_duration, &["0", "1h30m", "10s", "-1.5h", "1us", "100ms"], &["", "1", "1d", "h", "1h30", ".s", "1 h"]);
        let good = ["2026-01-31T08:30:00Z", "2024-02-29T00:00:00.5+02:00", "2026-01-31T08:30:00-00:30"];
        let bad = [
            "2026-01-31",
            "2026-02-29T00:00:00Z",
            "2026-13-01T00:00:00Z",
            "2026-01-31T24:00:00Z",
            "2026-01-31T08:30:00",
        ];
        all(is_date_time, &good, &bad);
    }

    #[test]
    fn time_zones_are_names_in_order() {
        let names: Vec<&str> = time_zones().collect();
        assert!(names.is_sorted() && names.len() > 500);
        for name in ["Europe/Berlin", "America/Argentina/Buenos_Aires", "Etc/GMT+1", "Etc/UTC", "UTC"] {
            assert!(names.contains(&name), "{name}");
        }
        for name in ["Local", "localtime", "europe/berlin", "Europe/Berln", ""] {
            assert!(!names.contains(&name), "{name}");
        }
    }

    #[test]
    fn schedules() {
        let check = |text: &str| check_cron(text).is_ok();
        for good in ["* * * * *", "*/5 0-6 1,15 * mon-fri", "0 3 ? JAN 0", "@daily", "@every 1h", "0/10 * * * *"] {
            assert!(check(good), "{good:?} is good");
        }
        for bad in [
            "",
            "* * * *",
            "60 * * * *",
            "* 24 * * *",
            "* * 0 * *",
            "* * * 13 *",
            "* * * * 7",
            "*/0 * * * *",
            "@often",
            "5-1 * * * *",
        ] {
            assert!(!check(bad), "{bad:?} is bad");
        }
    }

    #[test]
    fn names() {
        all(is_dns_label, &["a", "a-b", "0", "1a"], &["", "-a", "a-", "A", "a.b", "a_b", &"a".repeat(64)]);
        all(is_dns_label_1035, &["a", "a1"], &["1a", ""]);
        all(is_dns_subdomain, &["a", "a.b", "1.2"], &["", "a..b", ".a", "a.", "A.b", &"a".repeat(254)]);
        all(is_qualified_name, &["a", "a.b/C_d", "App"], &["", "/a", "a/", "a/b/c", "A/b", "-a"]);
        all(is_label_value, &["", "a", "1.2_B"], &["-a", "a ", "a/b", &"a".repeat(64)]);
        all(is_port_name, &["http", "a1-b"], &["", "80", "http--x", "-a", "HTTP", "a-very-long-name"]);
        all(is_path_segment, &["a:b", "A b"], &["", ".", "..", "a/b", "a%b"]);
    }

    #[test]
    fn bytes_and_addresses() {
        all(
            is_base64,
            &["", "YQ==", "YWI=", "YWJj", "YW\nJj"],
            &["Y", "YQ=", "YQ", "Y===", "YQ==YQ==", "a b=", "Y-Q="],
        );
        all(
            |text| parse_cidr(text).is_some(),
            &["10.0.0.0/8", "::/0", "1.2.3.4/32", "010.0.0.0/8"],
            &["10.0.0.0", "10.0.0.0/33", "10.0.0/8", "10.0.0.0/08", "::/129"],
        );
        all(is_percent, &["0%", "125%"], &["%", "a%", "-1%", "10"]);
    }
}
