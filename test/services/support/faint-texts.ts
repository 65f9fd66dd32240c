/**
 * Runs in the browser: the texts that are seen with a contrast to their ground below 4.5 to 1, which is
 * the least that WCAG 2.2 asks for (1.4.3; 3 to 1 for large text). Disabled controls do not count.
 */
export const faintTexts = `(() => {
  const channels = (colour) => (colour.match(/[\\d.]+/g) ?? []).map(Number);
  const linear = (value) =>
    value <= 10 ? value / 3294.6 : ((value / 255 + 0.055) / 1.055) ** 2.4;
  const luminance = ([red, green, blue]) =>
    0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue);
  const groundOf = (element) => {
    for (let each = element; each; each = each.parentElement) {
      const [red, green, blue, alpha = 1] = channels(getComputedStyle(each).backgroundColor);
      if (alpha > 0.5) return [red, green, blue];
    }
    return [255, 255, 255];
  };
  const contrast = (one, other) => {
    const [light, dark] = [luminance(one), luminance(other)].sort((a, b) => b - a);
    return (light + 0.05) / (dark + 0.05);
  };
  const isFaint = (element) => {
    const { color, fontSize, fontWeight } = getComputedStyle(element);
    const size = parseFloat(fontSize);
    const isLarge = size >= 24 || (size >= 18.6 && Number(fontWeight) >= 700);
    return contrast(channels(color), groundOf(element)) < (isLarge ? 3 : 4.5);
  };
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const faint = new Set();
  while (texts.nextNode()) {
    const { parentElement: element, textContent: text } = texts.currentNode;
    if (!text.trim() || element.closest('script, style, [disabled]')) continue;
    if (element.getClientRects().length === 0 || !isFaint(element)) continue;
    const { color } = getComputedStyle(element);
    faint.add(text.trim().slice(0, 30) + ' in ' + color + ' on ' + groundOf(element));
  }
  return [...faint];
})()`;
