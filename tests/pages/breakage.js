// What is broken on a page as it is laid out now, as sentences. Nothing is changed.
() => {
  const found = [];
  const root = document.documentElement;
  if (root.scrollWidth > window.innerWidth) found.push(`the page is ${root.scrollWidth} wide on ${window.innerWidth}`);
  const shown = (element) => element.checkVisibility({ contentVisibilityAuto: true, visibilityProperty: true });

  // Text that runs out of what holds it, or lies on other text.
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const lines = [];
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const holder = node.parentElement;
    if (!node.data.trim() || !shown(holder) || holder.closest("svg, style, .diff")) continue;
    const range = document.createRange();
    range.selectNodeContents(node);
    for (const box of range.getClientRects()) {
      if (box.width < 1 || box.height < 1) continue;
      if (box.left < -1 || box.right > window.innerWidth + 1) found.push(`outside of the page: ${node.data.slice(0, 60)}`);
      const thin = box.height * 0.3;
      lines.push({ left: box.left, right: box.right, top: box.top + thin, bottom: box.bottom - thin, node });
    }
  }
  lines.sort((one, other) => one.top - other.top);
  lines.forEach((one, at) => {
    for (let next = at + 1; next < lines.length && lines[next].top < one.bottom; next += 1) {
      const other = lines[next];
      const across = Math.min(one.right, other.right) - Math.max(one.left, other.left);
      if (other.node !== one.node && across > 2) {
        found.push(`on each other: ${one.node.data.trim().slice(0, 40)} / ${other.node.data.trim().slice(0, 40)}`);
      }
    }
  });

  // Pictures: text within its box, boxes apart and within the picture, arrows around boxes.
  const channel = (value) => (value <= 0.03928 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4);
  const light = (colour) => {
    const [red, green, blue] = colour.match(/[\d.]+/g).map((part) => channel(part / 255));
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  for (const drawing of [...document.querySelectorAll("svg.drawing")].filter(shown)) {
    const view = drawing.viewBox.baseVal;
    const boxes = [...drawing.querySelectorAll(".box rect")].map((rect) => ({ rect, box: rect.getBBox() }));
    boxes.forEach(({ rect, box }, at) => {
      if (box.x < 0 || box.y < 0 || box.x + box.width > view.width || box.y + box.height > view.height) {
        found.push("a box stands out of its picture");
      }
      for (const other of boxes.slice(at + 1).map((member) => member.box)) {
        const apart = box.x + box.width <= other.x || other.x + other.width <= box.x
          || box.y + box.height <= other.y || other.y + other.height <= box.y;
        if (!apart) found.push("two boxes of a picture lie on each other");
      }
      for (const text of rect.parentElement.querySelectorAll("text")) {
        const part = text.getBBox();
        if (part.x < box.x + 4 || part.x + part.width > box.x + box.width - 4 || part.y < box.y
            || part.y + part.height > box.y + box.height) found.push(`out of its box: ${text.textContent}`);
        const [ink, paper] = [light(getComputedStyle(text).fill), light(getComputedStyle(rect).fill)];
        const contrast = (Math.max(ink, paper) + 0.05) / (Math.min(ink, paper) + 0.05);
        if (contrast < 4.5) found.push(`contrast ${contrast.toFixed(2)}: ${text.textContent}`);
        const size = parseFloat(getComputedStyle(text).fontSize) * drawing.getBoundingClientRect().width / view.width;
        if (size < 9) found.push(`letters of ${size.toFixed(1)} pixels: ${text.textContent}`);
      }
    });
    for (const path of drawing.querySelectorAll(".arrow path")) {
      const length = path.getTotalLength();
      for (let at = 0; at <= length; at += 3) {
        const point = path.getPointAtLength(at);
        if (point.x < 0 || point.y < 0 || point.x > view.width || point.y > view.height) {
          found.push("an arrow leaves its picture");
          break;
        }
        if (boxes.some(({ box }) => point.x > box.x + 3 && point.x < box.x + box.width - 3
            && point.y > box.y + 3 && point.y < box.y + box.height - 3)) {
          found.push("an arrow goes through a box");
          break;
        }
      }
    }
  }
  return [...new Set(found)];
}
