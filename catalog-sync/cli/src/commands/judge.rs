//! `knytt model judge`: what the safety gate would refuse in a folder of pictures.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::Result;
use clap::Args;
use fs_err as fs;
use knytt_engine::{SafetyConfig, SafetyGate};
use knytt_models::decode::{Limits, decode};
use knytt_models::{Encoder, Options, user_models};
use serde::Serialize;

use crate::catalog::explain;
use crate::failure::Failure;
use crate::model::{Location, start};
use crate::output::{self, Column, number};
use crate::safety::Safety;

/// `knytt model judge`
#[derive(Debug, Args)]
pub struct JudgeArgs {
    /// Folder of pictures; each folder in it is a row of its own, such as one of what may be shown and one of what may
    /// not
    #[arg(value_name = "FOLDER")]
    pub folder: PathBuf,

    /// What judges: as of `knytt build --safety`
    #[arg(long, value_name = "NAME[=SCORE]|SHARE|FILE")]
    pub safety: Safety,

    /// Whose prompts judge, where prompts do: the folder of a model bundle, or its name
    #[arg(long, value_name = "BUNDLE", default_value = "starter")]
    pub model: PathBuf,

    /// Print the result as JSON
    #[arg(long)]
    pub json: bool,
}

/// The thresholds that are tried beside the one that is set.
const TRIED: [f32; 4] = [0.2, 0.5, 0.8, 0.95];

/// The JSON of `knytt model judge --json`; see docs/json.md. Names here are a promise.
#[derive(Serialize)]
struct Judgment {
    rows: Vec<Row>,
    /// Files that are no pictures, or cannot be read.
    unread: usize,
}

/// The scores that one way of judging gives the pictures of one folder.
#[derive(Serialize)]
struct Row {
    /// Relative to the one that was named; empty for what lies in it.
    folder: String,
    /// The classifier's name, or `prompts`.
    judge: String,
    threshold: f32,
    pictures: usize,
    /// Of them, those from the threshold on.
    refused: usize,
    median: f32,
    /// 99 of 100 have at most this.
    percentile_99: f32,
    largest: f32,
    /// For each tried threshold, how many have at least that score.
    tried: Vec<Tried>,
    /// Median time of a score without decoding; of prompts, of an embedding.
    #[serde(rename = "image_millis")]
    image_ms: f64,
}

#[derive(Serialize)]
struct Tried {
    threshold: f32,
    refused: usize,
}

/// What one way of judging says of a picture.
struct Verdict {
    judge: String,
    score: f32,
    took: Duration,
}

/// Judges the pictures and prints, folder by folder, how many each threshold would refuse.
///
/// # Errors
/// `--safety off`, a folder without pictures, or a classifier or model that cannot be run.
pub fn run(args: &JudgeArgs) -> Result<()> {
    let config = &args.safety.0;
    if !config.is_on() {
        return Err(Failure::usage("nothing judges: name a classifier, a share or a file").into());
    }
    let encoder = start(Location::of(&args.model).open()?, &Options::default())?;
    let gate = SafetyGate::open(&encoder, config, user_models().as_deref()).map_err(explain)?;
    let gate = gate.ok_or_else(|| Failure::usage("nothing judges: the file has no prompts of both kinds"))?;
    let mut files = Vec::new();
    list(&args.folder, &mut files)?;
    let (mut scores, mut unread) = (BTreeMap::<(String, String), Vec<Verdict>>::new(), 0);
    for file in &files {
        let folder = folder_of(file, &args.folder);
        match judge(&gate, config, &encoder, file)? {
            Some(verdicts) => verdicts.into_iter().for_each(|verdict| {
                scores.entry((folder.clone(), verdict.judge.clone())).or_default().push(verdict);
            }),
            None => unread += 1,
        }
    }
    let row = |((folder, judge), scores)| Row::new(folder, judge, config, scores);
    let rows: Vec<Row> = scores.into_iter().map(row).collect();
    if rows.is_empty() {
        let message = format!("{} has no picture that can be read", args.folder.display());
        return Err(Failure::unusable(message).into());
    }
    let judgment = Judgment { rows, unread };
    if args.json { output::json(&judgment) } else { output::text(&judgment.text()) }
}

/// What each way of judging says of a file; `None` if it is no picture.
fn judge(
    gate: &SafetyGate,
    config: &SafetyConfig,
    encoder: &Encoder,
    file: &Path,
) -> Result<Option<Vec<Verdict>>> {
    let Ok(picture) = decode(&fs::read(file)?, &Limits::default(), Some(encoder.target_side())) else {
        return Ok(None);
    };
    let mut all = Vec::new();
    let started = Instant::now();
    if let Some((score, rule)) = gate.pixel_score(&picture).zip(config.classifier.as_ref()) {
        all.push(Verdict { judge: rule.name.clone(), score, took: started.elapsed() });
    }
    if config.threshold.is_some() {
        let started = Instant::now();
        let embedding = encoder.embed_image(&picture)?;
        let share = gate.prompt_share(&embedding).map_err(explain)?;
        let verdict = |score| Verdict { judge: PROMPTS.into(), score, took: started.elapsed() };
        all.extend(share.map(verdict));
    }
    Ok(Some(all))
}

/// What stands in place of a classifier's name.
const PROMPTS: &str = "prompts";

/// All files below a folder, sorted.
fn list(folder: &Path, files: &mut Vec<PathBuf>) -> Result<()> {
    let mut entries: Vec<PathBuf> =
        fs::read_dir(folder)?.map(|entry| Ok(entry?.path())).collect::<std::io::Result<_>>()?;
    entries.sort();
    for entry in entries {
        if entry.is_dir() {
            list(&entry, files)?;
        } else {
            files.push(entry);
        }
    }
    Ok(())
}

/// The folder in `root` that a file lies in or below.
fn folder_of(file: &Path, root: &Path) -> String {
    let inside = file.strip_prefix(root).ok().and_then(Path::parent);
    let first = inside.and_then(|inside| inside.components().next());
    first.map_or_else(String::new, |first| first.as_os_str().to_string_lossy().into_owned())
}

impl Row {
    fn new(folder: String, judge: String, config: &SafetyConfig, verdicts: Vec<Verdict>) -> Self {
        let of_classifier = config.classifier.as_ref().filter(|rule| rule.name == judge);
        let threshold = of_classifier.map(|rule| rule.threshold).or(config.threshold).unwrap_or_default();
        let (mut values, mut times): (Vec<f32>, Vec<Duration>) =
            verdicts.into_iter().map(|verdict| (verdict.score, verdict.took)).unzip();
        values.sort_by(f32::total_cmp);
        times.sort();
        let from = |threshold| values.iter().filter(|value| **value >= threshold).count();
        let at = |share: usize| values[(values.len() * share / 100).min(values.len() - 1)];
        Self {
            folder,
            judge,
            threshold,
            pictures: values.len(),
            refused: from(threshold),
            median: at(50),
            percentile_99: at(99),
            largest: at(100),
            tried: TRIED.map(|threshold| Tried { threshold, refused: from(threshold) }).into(),
            image_ms: times[times.len() / 2].as_secs_f64() * 1e3,
        }
    }

    fn cells(&self) -> Vec<String> {
        let share = |count: usize| format!("{:.1} %", count as f64 * 100.0 / self.pictures as f64);
        let about = [
            if self.folder.is_empty() { ".".into() } else { self.folder.clone() },
            self.judge.clone(),
            number(self.pictures as u64),
            format!("{:.3}", self.median),
            format!("{:.3}", self.percentile_99),
            format!("{:.3}", self.largest),
        ];
        let tried = self.tried.iter().map(|tried| share(tried.refused));
        let end =
            [format!("{} at {}", share(self.refused), self.threshold), format!("{:.1} ms", self.image_ms)];
        about.into_iter().chain(tried).chain(end).collect()
    }
}

impl Judgment {
    fn text(&self) -> String {
        let column = |head, right| Column { head, widest: 32, right };
        let columns = [
            column("folder", false),
            column("judge", false),
            column("pictures", true),
            column("median", true),
            column("99 %", true),
            column("largest", true),
            column("from .2", true),
            column("from .5", true),
            column("from .8", true),
            column("from .95", true),
            column("refused", true),
            column("a picture", true),
        ];
        let rows: Vec<_> = self.rows.iter().map(Row::cells).collect();
        let mut text = output::table(&columns, &rows);
        if self.unread > 0 {
            text.push_str(&format!("{} files are no pictures or cannot be read\n", self.unread));
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_counts_from_its_threshold_on() {
        let took = Duration::from_millis(3);
        let verdict = |score| Verdict { judge: PROMPTS.into(), score, took };
        let scores = [0.9, 0.1, 0.5, 0.2].map(verdict).into();
        let config = SafetyConfig { threshold: Some(0.5), ..SafetyConfig::default() };
        let row = Row::new(String::new(), PROMPTS.into(), &config, scores);
        assert_eq!((row.pictures, row.refused, row.median, row.largest), (4, 2, 0.5, 0.9));
        assert_eq!(row.tried.iter().map(|tried| tried.refused).collect::<Vec<_>>(), [3, 2, 1, 0]);
    }

    #[test]
    fn a_picture_belongs_to_the_first_folder_below_the_root() {
        let root = Path::new("all");
        assert_eq!(folder_of(Path::new("all/shop/2024/a.jpg"), root), "shop");
        assert_eq!(folder_of(Path::new("all/a.jpg"), root), "");
    }
}
