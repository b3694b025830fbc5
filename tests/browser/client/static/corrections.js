// SPDX-License-Identifier: LGPL-2.1-or-later
// The editor of recordings: the recognised text, the sound of each segment, and what was really said.
const element = (id) => document.getElementById(id);
const ask = async (path, options) => (await fetch(path, options)).json();

function addSegment(recording, segment) {
  const line = document.createElement("div");
  const audio = document.createElement("audio");
  const field = document.createElement("input");
  audio.controls = true;
  audio.preload = "auto";
  audio.src = `/api/recordings/${recording}/audio/${segment.filename}`;
  field.value = segment.transcript;
  field.className = "transcript";
  field.addEventListener("input", () => {
    segment.transcript = field.value;
    segment.reviewed = true;
  });
  line.append(audio, field);
  return line;
}

async function edit(id) {
  const truth = await ask(`/api/recordings/${id}/ground-truth`);
  const save = document.createElement("button");
  save.id = "save";
  save.textContent = "Save";
  save.addEventListener("click", async () => {
    window.saved = await ask(`/api/recordings/${id}/ground-truth`, {
      method: "PUT",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ segments: truth.data.segments }),
    });
    window.statistics = await ask("/api/corrections/stats");
  });
  window.truth = truth;
  element("detail").replaceChildren(...truth.data.segments.map((segment) => addSegment(id, segment)), save);
}

const recordings = await ask("/api/recordings");
element("list").replaceChildren(...recordings.map((recording) => {
  const open = document.createElement("button");
  open.className = "open";
  open.textContent = `${recording.id} (${recording.segment_count})`;
  open.addEventListener("click", () => edit(recording.id));
  return open;
}));
