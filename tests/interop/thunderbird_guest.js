// What a guest does in Thunderbird 153 with an invitation: opens the mail, and presses what the bar above it offers. What
// is offered, and what becomes of it, Thunderbird decides: the mail is found, parsed and shown as any other.
const { cal } = ChromeUtils.importESModule("resource:///modules/calendar/calUtils.sys.mjs");
const { MailServices } = ChromeUtils.importESModule("resource:///modules/MailServices.sys.mjs");

const EVENTS = Ci.calICalendar.ITEM_FILTER_TYPE_EVENT;
const NAME = "Invitations";
// Beside them, in their menus, are the same without an answer by mail: there is no server to send by.
const BUTTONS = {
  imipAcceptButton: "imipAcceptButton_AcceptDontSend",
  imipAcceptRecurrencesButton: "imipAcceptRecurrencesButton_AcceptDontSend",
  imipUpdateButton: "imipUpdateButton",
  imipDeleteButton: "imipDeleteButton",
};

function root() {
  return MailServices.accounts.localFoldersServer.rootFolder;
}

function folder() {
  return root().getChildNamed(NAME).QueryInterface(Ci.nsIMsgLocalMailFolder);
}

function calendar() {
  return cal.manager.getCalendars().find(calendar => calendar.name == NAME);
}

// Resolves when something in the calendar has changed.
function changeOf(calendar) {
  return new Promise(resolve => {
    const observer = { QueryInterface: ChromeUtils.generateQI(["calIObserver"]) };
    const ignored = ["onStartBatch", "onEndBatch", "onLoad", "onError", "onPropertyChanged", "onPropertyDeleting"];
    for (const name of ignored) {
      observer[name] = () => {};
    }
    for (const name of ["onAddItem", "onModifyItem", "onDeleteItem"]) {
      observer[name] = () => {
        calendar.removeObserver(observer);
        resolve();
      };
    }
    calendar.addObserver(observer);
  });
}

async function until(what, isSo) {
  const deadline = Date.now() + 30000;
  for (;;) {
    const found = isSo();
    if (found) {
      return found;
    }
    if (Date.now() > deadline) {
      throw new Error(`waited in vain: ${what}`);
    }
    await new Promise(resolve => setTimeout(resolve, 20));
  }
}

const actions = {
  // An account without a server for the guest's address, and a calendar that invitations to it belong in.
  async settle(address) {
    MailServices.accounts.createLocalMailAccount();
    const account = MailServices.accounts.findAccountForServer(MailServices.accounts.localFoldersServer);
    const identity = MailServices.accounts.createIdentity();
    identity.email = address;
    account.addIdentity(identity);
    account.defaultIdentity = identity;
    root().QueryInterface(Ci.nsIMsgLocalMailFolder).createLocalSubfolder(NAME);
    for (const other of cal.manager.getCalendars()) {
      cal.manager.unregisterCalendar(other);
    }
    const own = cal.manager.createCalendar("storage", Services.io.newURI("moz-storage-calendar://"));
    own.name = NAME;
    cal.manager.registerCalendar(own);
    own.setProperty("imip.identity.key", identity.key);
    await until("the calendar can be invited to", () => cal.itip.isSchedulingCalendar(own));
  },

  async receive(text) {
    return folder().addMessage(text).messageKey;
  },

  async press(key) {
    const header = folder().GetMessageHeader(key);
    const tabmail = document.getElementById("tabmail");
    const tab = tabmail.openTab("mailMessageTab", { messageURI: folder().getUriForMsg(header) });
    try {
      const shown = await until("the bar", () => {
        const within = tab.chromeBrowser.contentWindow;
        return within.calImipBar?.itipItem && within.gMessage?.messageKey == key && within;
      });
      const offered = Object.keys(BUTTONS).find(button => !shown.document.getElementById(button).hidden);
      if (offered) {
        const changed = changeOf(calendar());
        shown.document.getElementById(BUTTONS[offered]).doCommand();
        // The buttons go when something is done, and stay when the user, asked, said no.
        if (shown.document.getElementById(offered).hidden) {
          await changed;
        }
      }
      return offered ?? "";
    } finally {
      tabmail.closeTab(tab);
    }
  },

  async meetings() {
    const items = await calendar().getItemsAsArray(EVENTS, 0, null, null);
    return Object.fromEntries(
      items.map(item => [
        item.id,
        {
          title: item.title,
          start: item.startDate.nativeTime / 1e6,
          end: item.endDate.nativeTime / 1e6,
          zone: item.startDate.timezone.tzid,
          sequence: Number(item.getProperty("SEQUENCE")),
          status: item.status,
          place: item.getProperty("LOCATION"),
          answer: cal.itip.getInvitedAttendee(item)?.participationStatus ?? null,
        },
      ])
    );
  },

  // Every occurrence between two instants, as the views show them.
  async occurrences(first, last) {
    const bounds = [first, last].map(seconds => {
      const at = cal.createDateTime();
      at.nativeTime = seconds * 1e6;
      return at;
    });
    const wanted = EVENTS | Ci.calICalendar.ITEM_FILTER_CLASS_OCCURRENCES;
    const items = await calendar().getItemsAsArray(wanted, 0, ...bounds);
    return items.map(item => [item.startDate.nativeTime / 1e6, item.endDate.nativeTime / 1e6]);
  },

  async clear() {
    for (const item of await calendar().getItemsAsArray(EVENTS, 0, null, null)) {
      await calendar().deleteItem(item);
    }
    folder().deleteMessages([...folder().messages], null, true, false, null, false);
  },
};

const [action, ...given] = values;
return actions[action](...given);
