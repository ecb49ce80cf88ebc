//! `users`: which ERP user is which LeafLink user.

use super::Component;
use super::waking::wake;
use crate::bindings::exports::leaflink_sync::connector::users::{Guest, Mapping};
use crate::bindings::leaflink_sync::host::types as wit;
use crate::host::answer::{self, Failure, effect};
use crate::host::leaflink::Listed;
use crate::host::rounds::PAYMENTS;
use crate::host::{self, erp, leaflink, state};
use crate::leaflink::company_staff::CompanyStaff;
use crate::leaflink::read;
use crate::rules::decision::Reason;
use crate::rules::ids::{StaffId, UserId};
use crate::rules::reasons::Code;
use crate::rules::sorted::Map;
use crate::rules::text::lower_case;

/// LeafLink users in one page.
const PAGE: u64 = 100;

impl Guest for Component {
    fn list_mappings() -> Result<Vec<Mapping>, Failure> {
        mappings()
    }

    fn map_user(staff: u64, user: String) -> Result<wit::Decision, Failure> {
        let staff = StaffId(staff);
        let Some(known) = erp::user(&UserId(user.clone()))? else {
            return Err(answer::reject(Reason::new(
                Code::UserNotFound,
                format!("The ERP has no user {user}."),
            )));
        };
        let before = state::users([staff])?.remove(&staff);
        state::put_schema()?;
        state::put_user(staff, Some(&UserId(user.clone())))?;
        wake("staff", &staff.to_string())?;
        PAYMENTS.begin()?;
        noted(
            staff,
            before,
            Some(UserId(user)),
            format!("Connect LeafLink user {staff} to {}.", known.full_name),
        )
    }

    fn unmap_user(staff: u64) -> Result<wit::Decision, Failure> {
        let staff = StaffId(staff);
        let before = state::users([staff])?.remove(&staff);
        state::put_user(staff, None)?;
        noted(staff, before, None, format!("Disconnect LeafLink user {staff}."))
    }
}

/// Every active LeafLink user beside its ERP user.
pub fn mappings() -> Result<Vec<Mapping>, Failure> {
    let staff = active_staff()?;
    let mapped = state::users(staff.iter().map(|staff| StaffId(staff.id)))?;
    let by_email: Map<String, UserId> = erp::all_users()?
        .into_iter()
        .filter(|user| user.active && !user.email.is_empty())
        .map(|user| (lower_case(&user.email), UserId(user.id)))
        .collect();
    Ok(staff
        .into_iter()
        .map(|staff| {
            let user = mapped.get(&StaffId(staff.id));
            let email = staff.email.unwrap_or_default();
            let suggestion = by_email.get(&lower_case(&email)).filter(|_| user.is_none());
            Mapping {
                staff: staff.id,
                staff_name: staff.display_name.unwrap_or_default(),
                staff_email: email,
                user: user.map(|user| user.0.clone()),
                suggestion: suggestion.map(|user| user.0.clone()),
            }
        })
        .collect())
}

fn active_staff() -> Result<Vec<CompanyStaff>, Failure> {
    let mut staff: Vec<CompanyStaff> = Vec::new();
    let mut offset = 0;
    loop {
        let (limit, from) = (PAGE.to_string(), offset.to_string());
        let page = leaflink::page(
            "/company-staff/",
            &[("is_active", "true"), ("limit", &limit), ("offset", &from)],
        )?;
        let page = match page {
            Listed::Page(page) => page,
            Listed::TooLarge(limit) => {
                let problem =
                    format!("LeafLink's list of users is larger than the {limit} bytes that the host takes.");
                return Err(leaflink::try_again(problem));
            }
            Listed::Unreadable(problem) => return Err(leaflink::try_again(problem)),
        };
        let records = page.results.len() as u64;
        staff.extend(
            page.results.iter().filter_map(|record| read::<CompanyStaff>(record.get().as_bytes()).ok()),
        );
        if page.next.is_none() || records == 0 {
            return Ok(staff);
        }
        offset += records;
    }
}

fn noted(
    staff: StaffId,
    before: Option<UserId>,
    after: Option<UserId>,
    summary: String,
) -> Result<wit::Decision, Failure> {
    let changed = before != after;
    let change = wit::Change {
        field: "ERP user".to_owned(),
        before: before.map(|user| user.0),
        after: after.map(|user| user.0),
    };
    let decision = wit::Decision {
        stream: wit::Stream::Users,
        subject: staff.to_string(),
        label: format!("LeafLink user {staff}"),
        outcome: if changed { wit::Outcome::Applied } else { wit::Outcome::Unchanged },
        reasons: Vec::new(),
        effects: if changed {
            vec![effect("map-user", &staff.to_string(), summary, vec![change])]
        } else {
            Vec::new()
        },
    };
    if changed {
        host::journal(&decision)?;
    }
    Ok(decision)
}
