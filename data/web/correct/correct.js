// SPDX-License-Identifier: LGPL-2.1-or-later
// The page that corrects the recognised text in a recording: ?recording=ID&lesson=7.
import { askJson, parameter, setToken } from "../common/access.js";
import { $, banner } from "../common/dialogs.js";
import { pageLanguage, t } from "../common/strings.js";
import { Segments } from "./segments.js";

const path = `api/recordings/${encodeURIComponent(parameter("recording") ?? "")}`;
const percent = new Intl.NumberFormat(pageLanguage, { style: "percent", maximumFractionDigits: 1 });

const segments = new Segments(path, showState, save);
let triedToken = false;
let isLoaded = false;
let isSaving = false;

function fail(error) {
  if (error.status === 401) {
    $("token-error").textContent = triedToken ? t("token.wrong") : "";
    if (!$("token-dialog").open)
      $("token-dialog").showModal();
  } else {
    banner(error.status === 404 ? t("correct.gone") : t("lessons.failed", { message: error.message }));
  }
}

function showState() {
  const isChanged = segments.isChanged();
  $("save").disabled = isSaving || !isChanged;
  $("state").textContent = isChanged ? t("correct.unsaved") : "";
}

/** truth: a reference transcript with its word error rate, or undefined without one. */
function showFigures(truth) {
  const rate = truth?.word_error_rate ?? null;
  $("count").textContent = t("correct.count",
    { n: segments.count, reviewed: truth?.reviewed ?? 0, corrected: truth?.corrected ?? 0 });
  $("rate").textContent = rate === null || truth.words === 0 ? ""
    : t("correct.rate", { rate: percent.format(rate), n: truth.words, wrong: truth.substitutions,
      missing: truth.deletions, extra: truth.insertions });
}

async function load() {
  banner("");
  try {
    const recording = await askJson(path);
    segments.show(recording.metadata.segments, recording.ground_truth?.segments ?? []);
    showFigures(recording.ground_truth);
  } catch (error) {
    fail(error);
    return;
  }
  isLoaded = true;
  $("none").hidden = segments.count > 0;
  $("opened").hidden = segments.count === 0;
  showState();
}

async function save() {
  if (isSaving || !segments.isChanged())
    return;
  const sent = segments.collect();
  isSaving = true;
  banner("");
  showState();
  try {
    showFigures(await askJson(`${path}/ground-truth`, "PUT", { segments: sent.segments }));
    sent.confirm();
  } catch (error) {
    fail(error);
  }
  isSaving = false;
  showState();
}

const retry = () => isLoaded ? save() : load();

$("token-form").addEventListener("submit", () => {
  triedToken = true;
  setToken($("token").value.trim());
  $("token").value = "";
  retry();
});
$("banner-retry").addEventListener("click", retry);
$("save").addEventListener("click", save);
addEventListener("beforeunload", (event) => segments.isChanged() && event.preventDefault());
if (/^\d+$/.test(parameter("lesson") ?? ""))
  $("back").href = `lessons#${parameter("lesson")}`;
load();
performance.mark("ready");
