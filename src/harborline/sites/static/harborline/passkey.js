// A passkey that was not shown: say so in words instead of in the browser's log.
document.addEventListener("allauth.error", function (event) {
  event.preventDefault();
  const trouble = document.getElementById("passkey-trouble");
  const heading = document.querySelector("main h1");
  if (!trouble || !heading || document.getElementById("passkey-said")) return;
  const said = document.createElement("div");
  said.id = "passkey-said";
  heading.after(said);
  said.append(trouble.content.cloneNode(true));
});
