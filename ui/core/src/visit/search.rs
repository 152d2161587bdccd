//! Searches of this visit: with its pictures, noted in the history and for the shop.

use std::time::Instant;

use image::RgbImage;
use knytt_ui_api::{ModelEvent, Problem, Region, SearchRequest, SearchResponse, Timings};

use super::library::QueryPart;
use super::state::Visit;
use crate::problem::of_model;
use crate::shop::measure::ms_since;
use crate::shop::search::answer;
use crate::shop::taking_part::{TakingPart, answer_with};
use crate::shop::{QueryPicture, Shop};

impl Visit {
    /// Answers a request of a window, and keeps it in the history if the shopper wants one. With consent
    /// the shop is told.
    ///
    /// # Errors
    /// [`Superseded`](knytt_ui_api::Code::Superseded) if a newer one came; no catalogue; a picture that is
    /// gone; a filter that cannot be read.
    pub fn search(&self, request: &SearchRequest) -> Result<SearchResponse, Problem> {
        self.set_newest_search(request.ticket);
        let (response, part) = self.answer(request)?;
        self.tell_if_moved();
        self.update_event_context();
        self.library.note_search(request, &response, part);
        Ok(response)
    }

    /// Notes the settled answer of a live search. With consent the shop is told.
    pub fn note_live(&self, template: &SearchRequest, response: &SearchResponse) {
        self.update_event_context();
        self.library.note_live(template, response);
    }

    /// As [`Visit::search`], but of a frame of a live search, which leaves no history.
    ///
    /// # Errors
    /// Those of [`Visit::search`].
    pub fn search_frame(
        &self,
        template: &SearchRequest,
        frame: &RgbImage,
    ) -> Result<SearchResponse, Problem> {
        let shop = self.shop()?;
        let picture = QueryPicture::from_pixels(shop.session().encoder(), frame)?;
        answer(shop.session(), template, picture, &self.person())
    }

    fn answer(&self, request: &SearchRequest) -> Result<(SearchResponse, Option<QueryPart>), Problem> {
        let shop = self.shop()?;
        let (mut query, mut part) = (QueryPicture::default(), None);
        if let Some(picture) = &request.picture {
            let kept = self.pictures.get(&picture.id)?;
            let region = picture.region.unwrap_or(Region::WHOLE);
            let start = Instant::now();
            let encoder = shop.session().encoder();
            query.embedding = Some(kept.embedding(region, encoder.fingerprint(), |pixels| {
                self.still_wanted(request.ticket)?;
                encoder.embed_image(pixels).map_err(of_model)
            })?);
            query.look = Some(kept.look(region));
            query.timings = Timings { decode: kept.decode_ms, embed: ms_since(start), ..Timings::default() };
            part = Some((kept, region));
        }
        self.still_wanted(request.ticket)?;
        let taking = self.part(&shop)?;
        let response = answer_with(taking.as_ref(), shop.session(), request, query, &self.person())?;
        Ok((response, part))
    }

    /// How this visit takes part in the catalogue's experiment. Whoever does not tell the shop what they do is counted in
    /// no arm, so that they search as all others do.
    fn part(&self, shop: &Shop) -> Result<Option<TakingPart>, Problem> {
        if !self.library.may_tell() {
            return Ok(None);
        }
        shop.part(self.library.events.visit().as_bytes())
    }

    /// Tells the window once that the model has left its device.
    fn tell_if_moved(&self) {
        if let Ok(shop) = self.shop()
            && self.models.is_new_notice(shop.device_notice().as_deref())
        {
            self.models.tell(ModelEvent::Moved { model: shop.model_summary() });
        }
    }

    /// An update may have brought the open catalogue to another release.
    fn update_event_context(&self) {
        if self.library.may_tell()
            && let Ok(shop) = self.shop()
            && let Ok(context) = shop.context()
        {
            self.library.events.set_context(context);
            let part = self.part(&shop).ok().flatten();
            self.library.events.set_part(part.map(|part| part.participation()));
        }
    }
}
