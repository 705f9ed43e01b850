// Passkeys: asks the server what to ask the device, asks the device, and sends its answer with the form.
// Without this file the forms stay hidden, and the other ways in are there.
(() => {
  const fromText = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (sign) => sign.charCodeAt(0));
  const toText = (bytes) => btoa(String.fromCharCode(...new Uint8Array(bytes))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  const known = (list) => (list || []).map((one) => ({ ...one, id: fromText(one.id) }));

  async function askDevice(kind, options) {
    const asked = { ...options.publicKey, challenge: fromText(options.publicKey.challenge) };
    if (kind === "add") {
      asked.user = { ...asked.user, id: fromText(asked.user.id) };
      asked.excludeCredentials = known(asked.excludeCredentials);
      return navigator.credentials.create({ publicKey: asked });
    }
    asked.allowCredentials = known(asked.allowCredentials);
    return navigator.credentials.get({ publicKey: asked });
  }

  function answerOf(credential) {
    const said = credential.response;
    const parts = ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"];
    const response = Object.fromEntries(parts.filter((part) => said[part]).map((part) => [part, toText(said[part])]));
    return JSON.stringify({ id: credential.id, rawId: toText(credential.rawId), type: credential.type, clientExtensionResults: {}, response });
  }

  async function send(form) {
    const said = form.querySelector(".house-passkey__said");
    said.textContent = "";
    try {
      const token = form.querySelector("[name=csrfmiddlewaretoken]").value;
      const reply = await fetch(form.dataset.ask, { method: "POST", headers: { "X-CSRFToken": token } });
      if (!reply.ok) throw new Error("not asked");
      form.querySelector("[name=answer]").value = answerOf(await askDevice(form.dataset.passkey, await reply.json()));
      form.submit();
    } catch (fault) {
      said.textContent = fault.name === "SecurityError"
        ? "Passkeys are bound to a name, and this address is a number. Open the site by its name and try again."
        : "The device gave no passkey. Try again, or use another way.";
    }
  }

  if (!window.PublicKeyCredential) return;
  for (const form of document.querySelectorAll("form[data-passkey]")) {
    form.hidden = false;
    form.addEventListener("submit", (event) => { event.preventDefault(); send(form); });
  }
})();
