// A page in the frame of a notebook → what it shows, as a link, told to the notebook; and the links that come from there.

const framed = globalThis.parent !== undefined && parent !== self;

// A document of a frame has no address that could be written down: its link stands behind the address of a page's file.
export const nowhere = globalThis.location?.protocol === "about:";

// Tells the notebook; `opened` the first time, when the notebook may know of an earlier place.
export function tell(link, opened = false) {
  if (framed) parent.postMessage({ chainrule: link, opened }, "*");
}

// Whatever comes from the notebook is read as the link of an address is.
export function hear(restore) {
  if (!framed) return;
  addEventListener("message", (event) => {
    if (event.source === parent && typeof event.data?.chainrule === "string") restore(event.data.chainrule);
  });
}
