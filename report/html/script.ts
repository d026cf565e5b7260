/** What a report runs in the browser: it draws the instant of the map that the slider chooses. Without it, the first one is there. */
export const MAP_SCRIPT = `
const data = document.getElementById('map-data');
if (data !== null) {
  const views = JSON.parse(data.textContent);
  const slider = document.getElementById('map-time');
  const dotsPath = (text) => {
    const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
    let d = '';
    for (let at = 0; at < bytes.length; at += 4) {
      d += 'M' + (bytes[at] | (bytes[at + 1] << 8)) + ' ' + (bytes[at + 2] | (bytes[at + 3] << 8)) + 'h0';
    }
    return d;
  };
  const show = () => {
    const view = views[Number(slider.value)];
    document.querySelectorAll('.map div > svg').forEach((svg, size) => {
      const { paths, dots } = view.pictures[size];
      svg.querySelector('.satellites').setAttribute('d', dotsPath(dots));
      svg.querySelectorAll('.way').forEach((way, index) => way.setAttribute('d', paths[index]));
    });
    document.querySelectorAll('.lines span').forEach((line, index) => { line.textContent = view.lines[index]; });
    document.getElementById('map-title').textContent = view.title;
    slider.setAttribute('aria-valuetext', view.title);
  };
  slider.addEventListener('input', show);
  show();
}
`;
