// SPDX-License-Identifier: LGPL-2.1-or-later
// The lessons: a list, a search, the words of one, and a button that deletes it.
const element = (id) => document.getElementById(id);
const ask = async (path, options) => (await fetch(path, options)).json();

async function show(id) {
  const exchanges = await ask(`/api/sessions/${id}/exchanges?limit=1000&offset=0`);
  const row = await ask(`/api/sessions/${id}`);
  element("detail").replaceChildren(...exchanges.map((exchange) => {
    const line = document.createElement("p");
    const speaker = row.speakers.find((one) => one.id === exchange.speaker_id);
    line.textContent = `${speaker?.custom_name ?? speaker?.auto_label}: ${exchange.corrected_source} – ${exchange.translation}`;
    if (exchange.has_audio) {
      const audio = document.createElement("audio");
      audio.src = `/api/sessions/${id}/exchanges/${exchange.id}/audio`;
      line.append(audio);
    }
    return line;
  }));
}

function addSession(session) {
  const line = document.createElement("div");
  const open = document.createElement("button");
  const remove = document.createElement("button");
  const match = session.matched_exchanges?.[0];
  open.textContent = `${session.notes ?? session.started_at} (${session.exchange_count})`;
  open.className = "open";
  remove.textContent = "Delete";
  remove.className = "delete";
  line.dataset.session = session.id;
  open.addEventListener("click", () => show(session.id));
  remove.addEventListener("click", async () => {
    const answer = await ask(`/api/sessions/${session.id}`, { method: "DELETE" });
    if (answer.deleted)
      line.remove();
  });
  line.append(open, remove, match ? `${match.raw_transcript} – ${match.translation}` : "");
  return line;
}

async function list() {
  const query = element("query").value;
  const sessions = await ask(query ? `/api/sessions/search?q=${encodeURIComponent(query)}&limit=30` : "/api/sessions?limit=20&offset=0");
  element("list").replaceChildren(...sessions.map(addSession));
  element("list").dataset.query = query;
}

element("query").addEventListener("change", list);
list();
