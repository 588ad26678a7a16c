// A worker that looks for the number which, written behind a text, makes its hash begin with so many zero bits.

const BATCH = 128;
const encoder = new TextEncoder();
const hash = (text) => crypto.subtle.digest("SHA-256", encoder.encode(text));
const zeros = (digest) => Math.clz32(new DataView(digest).getUint32(0));

onmessage = async ({ data: { text, bits } }) => {
  for (let first = 0; ; first += BATCH) {
    const digests = await Promise.all(Array.from({ length: BATCH }, (_, at) => hash(`${text}.${first + at}`)));
    const found = digests.findIndex((digest) => zeros(digest) >= bits);
    if (found >= 0) return postMessage(String(first + found));
  }
};
