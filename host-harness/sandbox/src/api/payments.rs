//! `/order-payments/`: listed, read and added; never changed or deleted.

use super::form::Form;
use super::{Answer, Call, Failure, read_id};
use crate::http::{Method, Response};
use crate::refusal::Refusal;
use crate::view;
use crate::world::{NewPayment, PAYMENT_TYPES, Payment};

impl Call<'_> {
    pub(super) fn payments(&mut self, rest: &[&str]) -> Answer {
        match (self.request.method, rest) {
            (Method::Get, []) => {
                let rows: Vec<&Payment> = self.world.payments.values().collect();
                Ok(self.page(&rows, |payment| view::payment(self.world, payment).to_string()))
            }
            (Method::Post, []) => {
                let id = self.create_payment()?;
                self.one_payment(201, id)
            }
            (Method::Get, [id]) => self.one_payment(200, read_id(id)?),
            (_, [] | [_]) => Err(Failure::MethodNotAllowed),
            _ => Err(Failure::NoSuchPath),
        }
    }

    fn one_payment(&self, status: u16, id: u64) -> Answer {
        let payment =
            self.world.payments.get(&id).ok_or_else(|| Refusal::NotFound(format!("payment {id}")))?;
        Ok(Response::json(status, &view::payment(self.world, payment)))
    }

    fn create_payment(&mut self) -> Result<u64, Refusal> {
        let mut form = Form::read(self.request)?;
        form.require(&["order", "recorded_by", "total", "payment_date"]);
        let currency = form.raw("total").and_then(|total| total.get("currency")?.as_str().map(str::to_owned));
        let read = (
            form.text("order", 36),
            form.integer("recorded_by"),
            form.money("total"),
            currency,
            form.nullable_instant("payment_date"),
        );
        if let Some(None) = read.4 {
            form.error("payment_date", "This field may not be null.");
        }
        let reason = form.text("reason", 255).unwrap_or_default();
        let payment_type = form.choice("payment_type", &PAYMENT_TYPES).unwrap_or_else(|| "other".to_owned());
        form.finish()?;
        let (Some(order), Some(recorded_by), Some(total), Some(currency), Some(Some(payment_date))) = read
        else {
            return Err(Refusal::Invalid("The payment can not be read.".to_owned()));
        };
        self.world.record_payment(NewPayment {
            order,
            recorded_by,
            total,
            currency,
            payment_date,
            reason,
            payment_type,
        })
    }
}
