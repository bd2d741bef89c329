// A printed kernel and the numbers of its runs → their steps on a graphics card of the browser, a thread a run: the
// bits of plain32 numbers, as Python's device makes them. Numbers of a run lie with the run as the fastest index.

const READ = 1, FROM = 4, INTO = 8, UNIFORM = 64, STORAGE = 128, COMPUTE = 4;  // what WebGPU calls them, as numbers
const GROUP = 64, WORDS = 32;

// The card, or why there is none: "insecure" (over plain http there is no WebGPU), "absent", or "played" (the browser
// plays one on the processor, where JavaScript is as quick), unless one that is played will do.
export async function opened(played = false) {
  if (!navigator.gpu) return { why: isSecureContext ? "absent" : "insecure" };
  const adapter = await navigator.gpu.requestAdapter();
  if (!adapter) return { why: "absent" };
  const told = adapter.info ?? {};
  if (!played && (told.isFallbackAdapter ?? adapter.isFallbackAdapter)) return { why: "played" };
  const device = await adapter.requestDevice(), card = { device, name: `${told.vendor ?? ""} ${told.architecture ?? ""}`.trim(), lost: "" };
  device.lost.then((told) => { card.lost = told.message || told.reason; });
  return card;
}

// Something made on the card; what its driver has against it is an error.
async function tried(device, make) {
  device.pushErrorScope("validation");
  const made = await make(), fault = await device.popErrorScope();
  if (fault) throw new Error(fault.message);
  return made;
}

// Runs on a card. `kernel` is a text with the entry `advance`; the numbers are typed arrays: what the runs share, their
// own consts, the patterns that are visited, their states, and why each ended, how far it came, what stood still.
export async function runs(card, kernel, { shared, own, visited, states, fates }) {
  const device = card.device, count = fates.length / 3;
  const buffer = (numbers) => {
    const size = Math.max(16, numbers.byteLength), made = device.createBuffer({ size, usage: STORAGE | FROM | INTO });
    if (numbers.byteLength) device.queue.writeBuffer(made, 0, numbers);
    return made;
  };
  const words = device.createBuffer({ size: WORDS, usage: UNIFORM | INTO });
  const buffers = [words, ...[shared, own, visited, states, fates, new Uint32Array(2)].map(buffer)];
  const kinds = ["uniform", "read-only-storage", "read-only-storage", "read-only-storage", "storage", "storage", "read-only-storage"];
  const pipeline = await tried(device, async () => {
    const layout = device.createBindGroupLayout({
      entries: kinds.map((type, binding) => ({ binding, visibility: COMPUTE, buffer: { type } })),
    });
    const module = device.createShaderModule({ code: kernel });
    const made = await device.createComputePipelineAsync({
      layout: device.createPipelineLayout({ bindGroupLayouts: [layout] }), compute: { module, entryPoint: "advance" },
    });
    const entries = buffers.map((one, binding) => ({ binding, resource: { buffer: one } }));
    return { made, bound: device.createBindGroup({ layout, entries }) };
  });

  async function read(from, Kind) {
    const into = device.createBuffer({ size: from.size, usage: READ | INTO }), encoder = device.createCommandEncoder();
    encoder.copyBufferToBuffer(from, 0, into, 0, from.size);
    device.queue.submit([encoder.finish()]);
    await into.mapAsync(READ);
    const found = new Kind(into.getMappedRange().slice(0));
    into.destroy();
    return found;
  }

  return {
    // The steps from `first` to `until`; gives what became of the runs, whose bits do not depend on how steps are cut.
    // A run that goes on and has not made its steps means that a loop was ended from outside.
    async advance(first, until, turn) {
      if (card.lost) throw new Error(card.lost);
      device.queue.writeBuffer(words, 0, new Int32Array([count, first, until, visited.length, turn]));
      const encoder = device.createCommandEncoder(), work = encoder.beginComputePass();
      work.setPipeline(pipeline.made);
      work.setBindGroup(0, pipeline.bound);
      work.dispatchWorkgroups(Math.ceil(count / GROUP));
      work.end();
      device.queue.submit([encoder.finish()]);
      const found = (await read(buffers[5], Int32Array)).slice(0, 3 * count);
      if (found.subarray(0, count).some((ended, run) => !ended && found[count + run] !== until)) throw new Error("a loop was ended early");
      return found;
    },
    states: async () => (await read(buffers[4], Float32Array)).slice(0, states.length),
    close: () => buffers.forEach((one) => one.destroy()),
  };
}
