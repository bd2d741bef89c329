// A printed kernel and the numbers of its runs → their steps on a graphics card of the browser, a thread a run: the
// bits of plain32 numbers, as Python's device makes them. Numbers of a run lie with the run as the fastest index.

const READ = 1, FROM = 4, INTO = 8, UNIFORM = 64, STORAGE = 128, COMPUTE = 4;  // what WebGPU calls them, as numbers
const GROUP = 64, WORDS = 32, PATIENCE = 10, LONG = 120;

const KINDS = ["uniform", "read-only-storage", "read-only-storage", "read-only-storage", "storage", "storage", "read-only-storage"];

const told = (fault) => String(fault?.message || fault?.reason || fault).slice(0, LONG);

// A promise that is given up after a while: a driver may never answer. Seconds in which the page is asleep do not count.
async function awaited(promise) {
  let timer = 0, ticks = 0;
  const late = new Promise((_, no) => { timer = setInterval(() => { if (++ticks > PATIENCE) no(new Error("it does not answer")); }, 1000); });
  try { return await Promise.race([promise, late]); } finally { clearInterval(timer); }
}

// The card, or why there is none: "insecure" (over plain http there is no WebGPU), "absent", "adapter" (WebGPU finds no
// card), "played" (the browser plays one on the processor, where JavaScript is as quick), unless one that is played will
// do, or "refused", with what was said.
export async function opened(played = false) {
  const browser = globalThis.navigator.gpu;
  if (!browser) return { why: isSecureContext ? "absent" : "insecure" };
  try {
    const adapter = await awaited(browser.requestAdapter());
    if (!adapter) return { why: "adapter" };
    const info = adapter.info ?? {};
    if (!played && (info.isFallbackAdapter ?? adapter.isFallbackAdapter)) return { why: "played" };
    const device = await awaited(adapter.requestDevice());
    const card = { device, name: [info.vendor, info.architecture, info.description].filter(Boolean).join(" "), lost: "", pipelines: new Map() };
    card.gone = device.lost.then((why) => { card.lost = told(why) || "lost"; throw new Error(card.lost); });
    card.gone.catch(() => {});
    return card;
  } catch (fault) { return { why: "refused", said: told(fault) }; }
}

// Something made on the card; what its driver has against it, or that there is no room, is an error.
async function tried(device, make) {
  for (const kind of ["out-of-memory", "validation"]) device.pushErrorScope(kind);
  let made, fault = null;
  try { made = await make(); } catch (error) { fault = error; }
  for (const scope of [device.popErrorScope(), device.popErrorScope()]) fault = (await scope) ?? fault;
  if (fault) throw new Error(told(fault));
  return made;
}

// The kernel ready to run, made once for a card. What can be seen of its text is `advance`.
function compiled(card, kernel) {
  const { device, pipelines } = card;
  if (!pipelines.has(kernel)) pipelines.set(kernel, tried(device, async () => {
    const layout = device.createBindGroupLayout({
      entries: KINDS.map((type, binding) => ({ binding, visibility: COMPUTE, buffer: { type } })),
    });
    const module = device.createShaderModule({ code: kernel });
    const made = await device.createComputePipelineAsync({
      layout: device.createPipelineLayout({ bindGroupLayouts: [layout] }), compute: { module, entryPoint: "advance" },
    });
    return { made, layout };
  }));
  return pipelines.get(kernel);
}

// Runs on a card. `kernel` is a text with the entry `advance`; the numbers are typed arrays: what the runs share, their
// own consts, the patterns that are visited (of the longest call), their states, and why each ended, how far it came,
// what stood still. Whatever fails, nothing stays on the card.
export async function runs(card, kernel, { shared, own, visited, states, fates }) {
  const device = card.device, count = fates.length / 3, buffers = [];
  const close = () => buffers.splice(0).forEach((one) => one.destroy());
  const first = (promise) => awaited(Promise.race([promise, card.gone]));
  const keep = (made) => { buffers.push(made); return made; };
  const buffer = (numbers) => {
    const made = keep(device.createBuffer({ size: Math.max(16, numbers.byteLength), usage: STORAGE | FROM | INTO }));
    if (numbers.byteLength) device.queue.writeBuffer(made, 0, numbers);
    return made;
  };

  async function read(from, Kind, many) {
    const into = keep(device.createBuffer({ size: from.size, usage: READ | INTO })), encoder = device.createCommandEncoder();
    encoder.copyBufferToBuffer(from, 0, into, 0, from.size);
    device.queue.submit([encoder.finish()]);
    await first(into.mapAsync(READ));
    const found = new Kind(into.getMappedRange().slice(0, many * Kind.BYTES_PER_ELEMENT));
    into.destroy();
    buffers.splice(buffers.indexOf(into), 1);
    return found;
  }

  try {
    if (card.lost) throw new Error(card.lost);
    const pipeline = await first(compiled(card, kernel));
    const bound = await first(tried(device, () => {
      keep(device.createBuffer({ size: WORDS, usage: UNIFORM | INTO }));
      for (const numbers of [shared, own, visited, states, fates, new Uint32Array(2)]) buffer(numbers);
      const entries = buffers.map((one, binding) => ({ binding, resource: { buffer: one } }));
      return device.createBindGroup({ layout: pipeline.layout, entries });
    }));
    const [words, , , places, state, fate] = buffers;
    return {
      // The steps from `from` to `until`, over `rows` of the patterns; gives what became of the runs, whose bits do not
      // depend on how steps are cut. A run that goes on and has not made its steps means that a loop was ended from outside.
      advance: async (from, until, turn, rows = visited) => {
        if (card.lost) throw new Error(card.lost);
        if (rows !== visited) device.queue.writeBuffer(places, 0, rows);
        device.queue.writeBuffer(words, 0, new Int32Array([count, from, until, rows.length, turn]));
        const encoder = device.createCommandEncoder(), work = encoder.beginComputePass();
        work.setPipeline(pipeline.made);
        work.setBindGroup(0, bound);
        work.dispatchWorkgroups(Math.ceil(count / GROUP));
        work.end();
        device.queue.submit([encoder.finish()]);
        const found = await read(fate, Int32Array, 3 * count);
        if (found.subarray(0, count).some((ended, run) => !ended && found[count + run] !== until)) throw new Error("a loop was ended early");
        return found;
      },
      states: () => read(state, Float32Array, states.length),
      close,
    };
  } catch (fault) { close(); throw fault; }
}
