//! The formats that a field's text can be held to, and what is said of text that is not of them.

use crate::diag::Code;
use crate::schema::formats;

/// The formats of text.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// `a-b`, 63 characters at most.
    DnsLabel,
    /// The same, beginning with a letter.
    DnsLabel1035,
    /// Labels with dots between.
    DnsSubdomain,
    /// `example.com/name`
    QualifiedName,
    /// The name of a port.
    PortName,
    /// A port's number, or its name. An empty name is neither.
    Port,
    /// The same, where an empty name is a field left empty.
    TargetPort,
    /// The key of a ConfigMap or Secret.
    ConfigKey,
    /// Begins with `/`.
    AbsolutePath,
    /// Does not begin with `/`, and does not climb.
    RelativePath,
    /// No `..` anywhere.
    NoBacksteps,
    /// An IP address.
    Ip,
    /// `10.0.0.0/8`, and nothing set behind the prefix.
    Cidr,
    /// No blanks at either end.
    Trimmed,
    /// `group/version` or `version`.
    ApiVersion,
    /// `example.com/path`
    DomainPath,
    /// Neither `/` nor `%`.
    PathSegment,
    /// The name of an HTTP header.
    HeaderName,
}

impl Format {
    /// Whether a text is of the format.
    pub fn fits(self, text: &str) -> bool {
        match self {
            Format::DnsLabel => formats::is_dns_label(text),
            Format::DnsLabel1035 => formats::is_dns_label_1035(text),
            Format::DnsSubdomain => formats::is_dns_subdomain(text),
            Format::QualifiedName => formats::is_qualified_name(text),
            Format::PortName | Format::Port | Format::TargetPort => formats::is_port_name(text),
            Format::ConfigKey => formats::is_config_key(text),
            Format::AbsolutePath => text.starts_with('/'),
            Format::RelativePath => !text.starts_with('/') && Format::NoBacksteps.fits(text),
            Format::NoBacksteps => text.split('/').all(|part| part != ".."),
            Format::Ip => formats::parse_ip(text).is_some(),
            Format::Cidr => formats::parse_cidr(text).is_some(),
            Format::PathSegment => formats::is_path_segment(text),
            Format::HeaderName => text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-'),
            Format::Trimmed => text.trim() == text,
            Format::ApiVersion => text.matches('/').count() <= 1,
            Format::DomainPath => {
                text.split_once('/').is_some_and(|(domain, path)| formats::is_dns_subdomain(domain) && !path.is_empty())
            }
        }
    }

    /// The code, what is wrong, and what to do.
    pub fn words(self) -> (Code, &'static str, &'static str) {
        match self.name_words() {
            Some((what, hint)) => (Code::BadName, what, hint),
            None => {
                let (what, hint) = self.value_words();
                (Code::BadFormat, what, hint)
            }
        }
    }

    /// For what names something.
    fn name_words(self) -> Option<(&'static str, &'static str)> {
        let words = match self {
            Format::DnsLabel => {
                ("is not a DNS label", "write lower-case letters, digits and `-`, with a letter or digit at both ends")
            }
            Format::DnsLabel1035 => (
                "is not a DNS label that begins with a letter",
                "begin with a lower-case letter; then letters, digits and `-`",
            ),
            Format::DnsSubdomain => (
                "is not a DNS name",
                "write lower-case letters, digits, `-` and `.`, with a letter or digit at both ends",
            ),
            Format::QualifiedName => {
                ("is not a qualified name", "write a name, or a DNS name, `/` and a name: `example.com/name`")
            }
            Format::PortName | Format::Port | Format::TargetPort => (
                "is not the name of a port",
                "write at most 15 lower-case letters, digits and `-`, at least one letter among them",
            ),
            Format::ConfigKey => ("cannot be a key", "write letters, digits, `-`, `_` and `.`"),
            Format::HeaderName => ("is not the name of an HTTP header", "write letters, digits and `-`"),
            Format::PathSegment => ("cannot be a name", "write it without `/` and `%`"),
            _ => return None,
        };
        Some(words)
    }

    /// For all else.
    fn value_words(self) -> (&'static str, &'static str) {
        match self {
            Format::AbsolutePath => ("is not an absolute path", "begin with `/`"),
            Format::RelativePath => {
                ("is not a relative path inside its folder", "leave out the leading `/` and every `..`")
            }
            Format::NoBacksteps => ("climbs with `..`", "write the path without `..`"),
            Format::Ip => ("is not an IP address", "write it as `10.1.2.3` or `2001:db8::1`"),
            Format::Cidr => ("is not a CIDR", "write an address and a prefix length, as in `10.0.0.0/8`"),
            Format::Trimmed => ("has blanks around it", "leave the blanks out"),
            Format::ApiVersion => ("is not an API version", "write `group/version` or `version`"),
            Format::DomainPath => ("is not a domain with a path", "write it as `example.com/name`"),
            _ => ("is not well-formed", "look for what does not belong there"),
        }
    }
}
