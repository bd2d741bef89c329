// A page in a frame ↔ the traits of a widget. All that goes between them is the link of what is shown; the frame is
// closed to everything else, as the page is.

function render({ model, el }) {
  const frame = document.createElement("iframe");
  let known = null; // the link of the page as it was last heard
  const tell = () => {
    const link = model.get("link");
    if (link !== known) frame.contentWindow?.postMessage({ chainrule: link }, "*");
  };
  const hear = ({ source, data }) => {
    if (source !== frame.contentWindow || typeof data?.chainrule !== "string") return;
    known = data.chainrule;
    if (data.opened && model.get("link")) { tell(); return; } // drawn again, or set before it was drawn
    model.set("link", known);
    model.save_changes();
  };
  const grow = () => { frame.height = model.get("height"); };
  frame.title = model.get("_title");
  frame.setAttribute("sandbox", "allow-scripts allow-downloads");
  frame.style.width = "100%";
  frame.style.border = "0";
  grow();
  frame.srcdoc = model.get("_page");
  addEventListener("message", hear);
  model.on("change:link", tell);
  model.on("change:height", grow);
  el.append(frame);
  return () => {
    removeEventListener("message", hear);
    model.off("change:link", tell);
    model.off("change:height", grow);
  };
}

export default { render };
