/* Passkeys: the one thing that needs a script. A form with data-passkey stays hidden until we know
   that this browser can; its hidden field `credential` receives what the device signed. */
(() => {
  if (!window.PublicKeyCredential || !window.isSecureContext) return;

  const bytes = (text) => Uint8Array.from(
    atob(text.replaceAll("-", "+").replaceAll("_", "/")), (sign) => sign.charCodeAt(0));
  const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer)))
    .replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
  const named = (list) => list?.map((key) => ({ ...key, id: bytes(key.id) }));

  /* What the server says, as the browser wants it. */
  const opened = ({ publicKey: said }) => ({
    ...said,
    challenge: bytes(said.challenge),
    ...(said.user && { user: { ...said.user, id: bytes(said.user.id) } }),
    ...(said.allowCredentials && { allowCredentials: named(said.allowCredentials) }),
    ...(said.excludeCredentials && { excludeCredentials: named(said.excludeCredentials) }),
  });

  /* What the device answers, as the server wants it. */
  const closed = (key) => {
    const { response } = key;
    const answer = { clientDataJSON: text(response.clientDataJSON) };
    if (response.attestationObject) {
      answer.attestationObject = text(response.attestationObject);
      answer.transports = response.getTransports?.() ?? [];
    } else {
      answer.authenticatorData = text(response.authenticatorData);
      answer.signature = text(response.signature);
      answer.userHandle = response.userHandle ? text(response.userHandle) : null;
    }
    return {
      id: key.id, rawId: text(key.rawId), type: key.type, response: answer,
      clientExtensionResults: key.getClientExtensionResults(),
    };
  };

  const onPage = () => JSON.parse(document.getElementById("passkey-options").textContent);
  const fetched = async (form) => {
    const answer = await fetch(form.action, { headers: { Accept: "application/json" } });
    if (!answer.ok) throw new Error(`the server answered ${answer.status}`);
    return answer.json();
  };

  const ask = {
    "sign-in": async (form) =>
      navigator.credentials.get({ publicKey: opened((await fetched(form)).request_options) }),
    prove: () => navigator.credentials.get({ publicKey: opened(onPage().request_options) }),
    create: () => {
      const publicKey = opened(onPage().creation_options);
      Object.assign(publicKey.authenticatorSelection ??= {}, {
        residentKey: "required", requireResidentKey: true, userVerification: "required",
      });
      return navigator.credentials.create({ publicKey });
    },
  };

  document.querySelectorAll("form[data-passkey]").forEach((form) => {
    form.hidden = false;
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      const sorry = form.querySelector("[role=alert]");
      sorry.hidden = true;
      try {
        const key = await ask[form.dataset.passkey](form);
        form.elements.credential.value = JSON.stringify(closed(key));
        form.submit();
      } catch {
        sorry.hidden = false; // refused, cancelled or too late: the person knows better why
      }
    });
  });
  document.querySelectorAll("[data-passkey-missing]").forEach((words) => { words.hidden = true; });
})();
