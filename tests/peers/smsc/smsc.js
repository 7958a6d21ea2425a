"use strict";
// A message centre (SMSC) for tests: takes what a gateway submits, prints each as a JSON line, sends receipts, and
// sends texts from handsets when told to on stdin. Its manners follow the last two digits of the number:
//   98 refused (ESME_RINVDSTADR)   97 throttled twice (ESME_RTHROTTLED), then taken   95 taken, no answer
//   94 receipt says UNDELIV        93 receipt says EXPIRED    92 receipt comes before the answer    91 receipt twice
const readline = require("readline");
const smpp = require("smpp");

const sessions = new Set();
const throttled = new Map();
let serial = 0;

function say(thing) {
  process.stdout.write(JSON.stringify(thing) + "\n");
}

function stamp(date) {
  const two = (number) => String(number).padStart(2, "0");
  return two(date.getUTCFullYear() % 100) + two(date.getUTCMonth() + 1) + two(date.getUTCDate()) +
    two(date.getUTCHours()) + two(date.getUTCMinutes());
}

function receipt(session, pdu, id, state) {
  const now = stamp(new Date());
  session.deliver_sm({
    esm_class: 0x04,
    source_addr: pdu.destination_addr,
    destination_addr: pdu.source_addr,
    receipted_message_id: id,
    short_message: `id:${id} sub:001 dlvrd:001 submit date:${now} done date:${now} stat:${state} err:000 text:`,
  });
}

function words(pdu) {
  const message = pdu.short_message || {};
  return typeof message.message === "string" ? message.message : Buffer.from(message.message || []).toString("latin1");
}

function states(ending) {
  return { 94: ["UNDELIV"], 93: ["EXPIRED"], 91: ["DELIVRD", "DELIVRD"] }[ending] || ["DELIVRD"];
}

function take(session, pdu) {
  const ending = pdu.destination_addr.slice(-2);
  if (ending === "98") {
    session.send(pdu.response({ command_status: smpp.ESME_RINVDSTADR }));
    return;
  }
  const tries = (throttled.get(pdu.destination_addr) || 0) + 1;
  throttled.set(pdu.destination_addr, tries);
  if (ending === "97" && tries <= 2) {
    session.send(pdu.response({ command_status: smpp.ESME_RTHROTTLED }));
    return;
  }
  serial += 1;
  const id = `m${serial}`;
  say({
    took: id, to: pdu.destination_addr, from: pdu.source_addr, words: words(pdu), coding: pdu.data_coding,
    udh: pdu.short_message && pdu.short_message.udh ? pdu.short_message.udh.length : 0,
    validity: pdu.validity_period ? String(pdu.validity_period) : "",
  });
  if (ending === "92") receipt(session, pdu, id, "DELIVRD");
  if (ending !== "95") session.send(pdu.response({ message_id: id }));
  if (pdu.registered_delivery && ending !== "92" && ending !== "95") {
    setTimeout(() => states(ending).forEach((state) => receipt(session, pdu, id, state)), 50);
  }
}

const server = smpp.createServer({}, (session) => {
  session.on("error", () => session.destroy());
  session.on("close", () => sessions.delete(session));
  for (const bind of ["bind_transceiver", "bind_receiver", "bind_transmitter"]) {
    session.on(bind, (pdu) => {
      session.send(pdu.response({ system_id: "tests" }));
      if (bind !== "bind_transmitter") sessions.add(session);
      say({ bound: bind });
    });
  }
  session.on("enquire_link", (pdu) => session.send(pdu.response()));
  session.on("unbind", (pdu) => { session.send(pdu.response()); session.close(); });
  session.on("submit_sm", (pdu) => take(session, pdu));
});

readline.createInterface({ input: process.stdin }).on("line", (line) => {
  const text = JSON.parse(line);
  for (const session of sessions) {
    session.deliver_sm({ source_addr: text.from, destination_addr: text.to, short_message: text.words });
  }
});

server.listen(0, "127.0.0.1", function listening() {
  say({ port: this.address().port });
});
