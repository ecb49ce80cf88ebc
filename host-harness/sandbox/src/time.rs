//! Instants: kept as microseconds, written with the company's offset as LeafLink does.

use chrono::{DateTime, FixedOffset, NaiveDate, NaiveDateTime};

/// Microseconds since 1970-01-01T00:00:00Z.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Instant(pub i64);

impl Instant {
    /// LeafLink's own stamps always carry six decimals: `2026-03-02T09:15:03.776119-07:00`.
    pub fn stamp(self, offset: FixedOffset) -> String {
        self.at(offset).format("%Y-%m-%dT%H:%M:%S%.6f%:z").to_string()
    }

    /// An instant that somebody entered has decimals only if it needs them.
    pub fn entered(self, offset: FixedOffset) -> String {
        if self.0.rem_euclid(1_000_000) == 0 {
            self.at(offset).format("%Y-%m-%dT%H:%M:%S%:z").to_string()
        } else {
            self.stamp(offset)
        }
    }

    /// The calendar day at the company: `2026-03-02`.
    pub fn day(self, offset: FixedOffset) -> String {
        self.at(offset).format("%Y-%m-%d").to_string()
    }

    /// Reads an ISO 8601 instant, or a date; what carries no offset is UTC.
    pub fn parse(text: &str) -> Option<Self> {
        let micros = if let Ok(instant) = DateTime::parse_from_rfc3339(text) {
            instant.timestamp_micros()
        } else if let Ok(local) = NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%S%.f") {
            local.and_utc().timestamp_micros()
        } else {
            let day = NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()?;
            day.and_hms_opt(0, 0, 0)?.and_utc().timestamp_micros()
        };
        Some(Self(micros))
    }

    fn at(self, offset: FixedOffset) -> DateTime<FixedOffset> {
        DateTime::from_timestamp_micros(self.0).unwrap_or_default().with_timezone(&offset)
    }
}

/// Reads an offset such as `-07:00`.
pub(crate) fn parse_offset(text: &str) -> Option<FixedOffset> {
    text.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writes_the_companys_offset() {
        let offset = parse_offset("-07:00").unwrap();
        let instant = Instant::parse("2026-03-02T16:15:03.776119Z").unwrap();
        assert_eq!(instant.stamp(offset), "2026-03-02T09:15:03.776119-07:00");
        assert_eq!(Instant::parse(&instant.stamp(offset)), Some(instant));
    }

    #[test]
    fn an_entered_instant_has_decimals_only_if_needed() {
        let offset = parse_offset("-07:00").unwrap();
        let whole = Instant::parse("2026-03-05T17:00:00Z").unwrap();
        assert_eq!(whole.entered(offset), "2026-03-05T10:00:00-07:00");
        assert_eq!(whole.stamp(offset), "2026-03-05T10:00:00.000000-07:00");
        assert_eq!(Instant(whole.0 + 1).entered(offset), "2026-03-05T10:00:00.000001-07:00");
    }

    #[test]
    fn no_offset_means_utc() {
        assert_eq!(Instant::parse("1970-01-02"), Some(Instant(86_400_000_000)));
        assert_eq!(Instant::parse("1970-01-01T00:00:01"), Some(Instant(1_000_000)));
        assert_eq!(Instant::parse("1970-01-01T00:00:01 00:00"), None);
    }
}
