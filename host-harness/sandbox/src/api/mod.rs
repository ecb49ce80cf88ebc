//! The API under `/api/v2`: what each path answers.

mod customers;
mod filter;
mod form;
mod inventory;
mod line_items;
mod list;
mod orders;
mod payments;
mod products;
mod reference;

use crate::http::{Method, Request, Response};
use crate::refusal::Refusal;
use crate::world::World;

/// Where the API begins.
pub(crate) const ROOT: &str = "/api/v2";

/// Why there is no ordinary answer.
enum Failure {
    Refused(Refusal),
    NoSuchPath,
    MethodNotAllowed,
}

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

type Answer = Result<Response, Failure>;

/// A request as the handlers see it.
struct Call<'a> {
    world: &'a mut World,
    request: &'a Request,
    query: Vec<(String, String)>,
}

/// Carries out a request whose credentials are good; `path` is what follows [`ROOT`].
pub(crate) fn answer(world: &mut World, request: &Request, path: &str) -> Response {
    let segments: Vec<&str> = path.trim_matches('/').split('/').collect();
    let mut call = Call { world, request, query: request.query_pairs() };
    call.route(&segments).unwrap_or_else(|failure| match failure {
        Failure::Refused(refusal) => refusal.to_response(&call.world.options),
        Failure::NoSuchPath => Response::detail(404, "Not found."),
        Failure::MethodNotAllowed => Response::detail(405, "Method not allowed."),
    })
}

impl Call<'_> {
    fn route(&mut self, segments: &[&str]) -> Answer {
        match segments {
            ["companies", id, rest @ ..] if !rest.is_empty() => {
                if read_id(id)? != self.world.company.id {
                    return Err(Failure::NoSuchPath);
                }
                self.route(rest)
            }
            ["orders-received", rest @ ..] => self.orders(rest),
            ["line-items", rest @ ..] => self.line_items(rest),
            ["order-payments", rest @ ..] => self.payments(rest),
            ["order-sales-reps" | "order-event-logs" | "credits", rest @ ..] => {
                self.order_records(segments[0], rest)
            }
            ["products", rest @ ..] => self.products(rest),
            ["customers", rest @ ..] => self.customers(rest),
            ["inventory", "items", rest @ ..] => self.inventory_items(rest),
            ["inventory", "facilities", rest @ ..] => self.reference("facilities", rest),
            [name, rest @ ..] => self.reference(name, rest),
            [] => Err(Failure::NoSuchPath),
        }
    }

    fn get_only(&self) -> Result<(), Failure> {
        if self.request.method == Method::Get { Ok(()) } else { Err(Failure::MethodNotAllowed) }
    }

    /// The value of a query parameter, if it is there and not empty.
    fn param(&self, name: &str) -> Option<&str> {
        self.query
            .iter()
            .find(|(key, value)| key == name && !value.is_empty())
            .map(|(_, value)| value.as_str())
    }

    /// Whether a comma list in the query has this word.
    fn listed(&self, name: &str, word: &str) -> bool {
        self.param(name).is_some_and(|list| list.split(',').any(|it| it.trim() == word))
    }
}

/// A record's id in a path; a path with anything else in its place does not exist.
fn read_id(segment: &str) -> Result<u64, Failure> {
    segment.parse().map_err(|_| Failure::NoSuchPath)
}
