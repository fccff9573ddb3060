export const byId = (id) => document.getElementById(id)

/** An element with attributes and children; text goes in as text, so nothing from the server is ever read as HTML. */
export function element(name, attributes = {}, ...children) {
  const made = document.createElement(name)
  for (const [key, value] of Object.entries(attributes)) {
    if (key === 'on') for (const [event, listener] of Object.entries(value)) made.addEventListener(event, listener)
    else if (value === true) made.setAttribute(key, '')
    else if (value !== false && value !== null && value !== undefined) made.setAttribute(key, String(value))
  }
  made.append(...children.filter((child) => child !== null && child !== undefined))
  return made
}

/** Puts text in its place, and touches nothing where it stands there already: screen readers hear changes alone. */
export function say(place, text) {
  if (place.textContent !== text) place.textContent = text
}
