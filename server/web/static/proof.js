// Has a worker solve the puzzle of a form while it is filled in. Where that cannot be done the form is sent without, and the
// server asks for a confirmation by mail instead.

const PATIENCE_MS = 60_000;
const answers = new Map();

export function prove(form) {
  const bits = Number(form?.dataset.proofBits ?? 0);
  const text = form?.elements.ticket?.value;
  if (bits && text && !answers.has(text)) answers.set(text, solved(text, bits));
}

// The answer of a form, "" where there is none or it takes too long.
export function proofOf(form) {
  const late = new Promise((done) => setTimeout(done, PATIENCE_MS, ""));
  return Promise.race([answers.get(form.elements.ticket?.value) ?? "", late]);
}

function solved(text, bits) {
  // Browsers hash for pages alone that came over https or from this machine.
  if (!globalThis.crypto?.subtle) return Promise.resolve("");
  return new Promise((done) => {
    const worker = new Worker(new URL("prover.js", import.meta.url));
    const end = (answer) => { worker.terminate(); done(answer); };
    worker.onmessage = ({ data }) => end(data);
    worker.onerror = () => end("");
    worker.postMessage({ text, bits });
  });
}
