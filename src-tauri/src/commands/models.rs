use knytt_app_core::visit::ModelJob;
use knytt_ui_api::{ModelList, ModelOffer, Problem, ReembeddingPlan};

use super::{Answer, Shared, blocking};

#[tauri::command]
pub async fn models(visit: Shared<'_>) -> Answer<ModelList> {
    blocking(&visit, |visit| visit.model_list()).await
}

#[tauri::command]
pub async fn offer_model(visit: Shared<'_>, name: String) -> Answer<ModelOffer> {
    let visit = std::sync::Arc::clone(visit.inner());
    visit.offer_model(&name).await
}

#[tauri::command]
pub async fn get_model(visit: Shared<'_>, name: String, accepted: bool) -> Answer<()> {
    blocking(&visit, move |visit| begin(ModelJob::get(visit, &name, accepted))).await
}

#[tauri::command]
pub async fn measure_precisions(visit: Shared<'_>, name: String) -> Answer<()> {
    blocking(&visit, move |visit| begin(ModelJob::measure(visit, &name))).await
}

#[tauri::command]
pub async fn plan_reembedding(visit: Shared<'_>, name: String) -> Answer<ReembeddingPlan> {
    blocking(&visit, move |visit| visit.plan_reembedding(&name)).await
}

#[tauri::command]
pub async fn reembed(visit: Shared<'_>, name: String) -> Answer<()> {
    blocking(&visit, move |visit| begin(ModelJob::reembed(visit, &name))).await
}

#[tauri::command]
pub async fn discard_reembedding(visit: Shared<'_>) -> Answer<ModelList> {
    blocking(&visit, |visit| visit.discard_reembedding().and_then(|()| visit.model_list())).await
}

#[tauri::command]
pub async fn remove_model(visit: Shared<'_>, name: String) -> Answer<ModelList> {
    blocking(&visit, move |visit| visit.remove_model(&name)).await
}

#[tauri::command]
pub fn cancel_model_work(visit: Shared<'_>) {
    visit.models.cancel();
}

/// The window hears of its end by an event.
fn begin(job: Result<ModelJob, Problem>) -> Answer<()> {
    let job = job?;
    tauri::async_runtime::spawn_blocking(move || job.run());
    Ok(())
}
