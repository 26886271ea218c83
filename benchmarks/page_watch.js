// What benchmarks/page.py measures inside the page: frames that show a new shape, and what moves by itself.

window.watch = (() => {
  const watch = { shift: 0 };
  let [shapes, waiting, began] = [0, null, 0];

  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) watch.shift += entry.value;
  }).observe({ type: "layout-shift", buffered: true });

  // New triangles reach WebGL only when a new shape is drawn, all of it by the end of that task.
  const upload = WebGL2RenderingContext.prototype.bufferData;
  WebGL2RenderingContext.prototype.bufferData = function (target, ...rest) {
    if (target === this.ELEMENT_ARRAY_BUFFER) queueMicrotask(() => arrived(this));
    return upload.call(this, target, ...rest);
  };

  const arrived = (context) => {
    shapes++;
    if (!waiting) return;
    const told = waiting;
    waiting = null;
    context.readPixels(0, 0, 1, 1, context.RGBA, context.UNSIGNED_BYTE, new Uint8Array(4)); // until it is drawn
    requestAnimationFrame(() => told(performance.now()));
  };

  /** Resolves, with the time, when a frame with a new shape has been drawn and the next one begins. */
  const drawn = () => new Promise((resolve) => (waiting = resolve));

  const slide = (name, to) => {
    const slider = document.querySelector(`[data-slider=${name}]`);
    slider.value = to;
    slider.dispatchEvent(new Event("input", { bubbles: true }));
  };

  const answers = () => performance.getEntriesByType("resource").filter(({ name }) => name.endsWith("/v1/shapes"));

  /** Move a slider once: milliseconds of the parts of the way to the screen. */
  watch.move = async ([name, to]) => {
    performance.clearResourceTimings();
    const seen = drawn();
    const start = performance.now();
    slide(name, to);
    const end = await seen;
    const [answer] = answers();
    const server = answer.serverTiming[0]?.duration ?? 0;
    return {
      server,
      transfer: answer.responseEnd - start - server,
      page: end - answer.responseEnd,
      total: end - start,
    };
  };

  /** Drag for some seconds, 60 events a second: new shapes on the screen, a second. */
  watch.drag = async ([name, seconds]) => {
    const [start, before] = [performance.now(), shapes];
    for (let i = 0; performance.now() - start < 1000 * seconds; i++) {
      slide(name, 0.55 + 0.45 * Math.sin(i / 20));
      await new Promise((resolve) => setTimeout(resolve, 16));
    }
    return ((shapes - before) * 1000) / (performance.now() - start);
  };

  watch.expect = () => {
    began = performance.now();
    watch.seen = drawn();
  };

  watch.shown = async () => (await watch.seen) - began;

  watch.renderer = () => {
    const context = document.createElement("canvas").getContext("webgl2");
    const told = context.getExtension("WEBGL_debug_renderer_info");
    return context.getParameter(told ? told.UNMASKED_RENDERER_WEBGL : context.RENDERER);
  };

  return watch;
})();
