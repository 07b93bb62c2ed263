package kiosk_test

import (
	"reflect"
	"slices"

	"balie/hw/eid"
	"balie/kiosk"
	"balie/kiosk/codecard"
)

// effect holds what may be asked for, and when.
func (l *life) effect(in kiosk.Input, e kiosk.Effect) {
	switch e := e.(type) {
	case kiosk.ReadCard:
		l.starts(e.Visit)
	case kiosk.Fetch:
		l.starts(e.Visit)
	case kiosk.PrepareHolder:
		l.starts(e.Visit)
	case kiosk.ProveHolder:
		l.starts(e.Visit)
		if p, pressed := in.(kiosk.Pressed); !e.Pinpad && (!pressed || p.Do != "pin") || l.s.Settings.PIN == "" || l.s.Visit.Young {
			l.t.Fatalf("a PIN is verified after %T %+v", in, in)
		}
	case kiosk.FetchLetter:
		l.starts(e.Visit)
	case kiosk.RegisterApp:
		l.starts(e.Visit)
		l.ofHolder(e.Proved)
	case kiosk.FetchContact:
		l.starts(e.Visit)
		l.ofHolder(e.Proved)
	case kiosk.Cancel:
		l.ofHolder(e.Proved)
	case kiosk.SetContact:
		l.ofHolder(e.Proved)
	case kiosk.CommitBlock:
		if p, pressed := in.(kiosk.Pressed); !pressed || p.Do != "block-now" || (e.Block.Proof.Identity.Len() > 0) == !e.Block.UserName.Empty() && e.Block.Number.Empty() {
			l.t.Fatalf("a block after %T %+v", in, in)
		}
	case kiosk.ForCard:
		l.forCard(e)
	case kiosk.FetchLater:
		l.starts(e.Visit)
		if len(e.Holder.Signature) == 0 || !asked(in, "later") {
			l.t.Fatalf("later appointments are asked for after %T %+v", in, in)
		}
	case kiosk.Commit:
		l.commits[e.Visit]++
		if p, pressed := in.(kiosk.Pressed); !pressed || p.Do != "confirm" || l.commits[e.Visit] > 1 {
			l.t.Fatalf("commit %d of visit %d, after %T %+v", l.commits[e.Visit], e.Visit, in, in)
		}
		if e.CheckIn.Proof.Identity.Len() == 0 && e.CheckIn.Letter.Birth.Empty() {
			l.t.Fatal("a commit without a proof")
		}
	case kiosk.PrintTicket:
		if !l.promised(e.Visit) {
			l.t.Fatalf("visit %d prints what was not committed", e.Visit)
		}
	case kiosk.PrintSlip:
		if p, pressed := in.(kiosk.Pressed); !pressed || p.Do != "print" || l.s.Visit.Stage < kiosk.Noticing {
			l.t.Fatalf("a slip after %T %+v in stage %d", in, in, l.s.Visit.Stage)
		}
	case kiosk.Forget:
		l.forgotten[e.Visit] = true
		if v := l.s.Visit; v.ID == e.Visit && v.Stage < kiosk.Committing {
			l.t.Fatalf("visit %d is forgotten and goes on", e.Visit)
		}
	}
}

// asked tells whether an input is that of someone who is proved and asked for a visit.
func asked(in kiosk.Input, do string) bool {
	proved, is := in.(kiosk.HolderProved)
	p, pressed := in.(kiosk.Pressed)
	return is && proved.Err == nil || pressed && p.Do == do
}

// forCard holds that a card is reserved for whom was proved to be there, issued after it was
// reserved and before it is void, and void without a word of whose it was.
func (l *life) forCard(e kiosk.ForCard) {
	switch do := e.Do.(type) {
	case codecard.AskAccount:
		l.starts(e.Visit)
	case codecard.Check:
		l.starts(e.Visit)
	case codecard.Reserve:
		l.cards[do.Card] = "reserved"
	case codecard.Issue:
		if l.cards[do.Card] != "reserved" {
			l.t.Fatalf("a card is issued that was %q", l.cards[do.Card])
		}
		l.cards[do.Card] = "issued"
	case codecard.Void:
		if l.cards[do.Card] == "" || l.cards[do.Card] == "void" || e.Of.Proof.Identity.Len() > 0 {
			l.t.Fatalf("a card is void that was %q", l.cards[do.Card])
		}
		l.cards[do.Card] = "void"
		return
	}
	if len(e.Of.Holder.Signature) == 0 || e.Of.Proof.Identity.Len() == 0 || l.s.Visit.Young {
		l.t.Fatalf("%T for someone who is not proved", e.Do)
	}
}

// ofHolder holds that what only a holder may have is asked for one who was proved.
func (l *life) ofHolder(p kiosk.Proved) {
	if len(p.Holder.Signature) == 0 || p.Proof.Identity.Len() == 0 || l.s.Visit.Young || p.Visit != l.s.Visit.ID {
		l.t.Fatalf("%+v is asked for someone who is not proved", p)
	}
}

// comes keeps what an input means for what is held.
func (l *life) comes(in kiosk.Input) {
	switch in.(type) {
	case kiosk.CardRead, kiosk.Fetched, kiosk.HolderReady, kiosk.HolderProved, kiosk.FetchedLater, kiosk.Committed, kiosk.Delivery, kiosk.TicketDone:
		l.last = in
	}
	switch in := in.(type) {
	case kiosk.Committed:
		l.committed[in.Visit] = l.committed[in.Visit] || in.Err == nil
	case kiosk.CardRead:
		delete(l.runs, in.Visit)
	case kiosk.Fetched:
		delete(l.runs, in.Visit)
	case kiosk.HolderReady:
		delete(l.runs, in.Visit)
	case kiosk.HolderProved:
		delete(l.runs, in.Visit)
	case kiosk.FetchedLater:
		delete(l.runs, in.Visit)
	case kiosk.CardStep:
		delete(l.runs, in.Visit)
	case kiosk.AppRegistered:
		delete(l.runs, in.Visit)
	case kiosk.Contacted:
		delete(l.runs, in.Visit)
	}
}

// mayGoOn tells whether who is proved to have a card here may go on to something.
func mayGoOn(v kiosk.Visit) bool {
	return v.Stage == kiosk.Menu || v.Stage == kiosk.Making || v.Stage >= kiosk.Blocking || v.Stage == kiosk.Noticing && !v.CardOut
}

// starts says that something was started that ends with the visit. A visit that goes on
// after what it waited for was told to stop, as after a code card, may begin anew.
func (l *life) starts(visit uint64) {
	if l.forgotten[visit] && l.s.Visit.ID != visit {
		l.t.Fatalf("something is begun for visit %d, which is forgotten", visit)
	}
	delete(l.forgotten, visit)
	l.begun[visit], l.runs[visit] = true, true
}

// promised tells whether a check-in is on disk, or was at the portal before.
func (l *life) promised(visit uint64) bool {
	v := l.s.Visit
	return l.committed[visit] || v.ID == visit && len(v.Offers) > v.Chosen && v.Offers[v.Chosen].CheckedIn
}

// hold holds what must be so after every step.
func (l *life) hold(in kiosk.Input, before kiosk.State) {
	visit, view, was := l.s.Visit, l.s.View(), before.View()
	was.Seq = view.Seq
	switch changed := !reflect.DeepEqual(was, view); {
	case changed && view.Seq != before.Seq+1, !changed && view.Seq != before.Seq:
		l.t.Fatalf("changed: %v, and the number went from %d to %d", changed, before.Seq, view.Seq)
	case (view.Screen == kiosk.ScreenPrinting || view.Screen == kiosk.ScreenDone) && !l.promised(visit.ID):
		l.t.Fatalf("visit %d is thanked after %T and nothing is committed", visit.ID, in)
	case (visit.CardOut || visit.Stage == kiosk.NoVisit) && !(view.Person.Empty() && visit.Person.Empty()):
		l.t.Fatalf("the card is out and the person still on %s", word(view))
	case visit.Stage > kiosk.Confirming && !mayGoOn(visit) && !reflect.DeepEqual(visit.Proof, eid.Proof{}):
		l.t.Fatalf("the proof is kept in stage %d", visit.Stage)
	case len(visit.Later) > 0 && (visit.Stage != kiosk.Later && visit.Stage != kiosk.Picked && visit.Stage != kiosk.CancelAsked || visit.CardOut):
		l.t.Fatalf("later appointments are kept in stage %d", visit.Stage)
	case !visit.AppCode.Empty() && (visit.Stage != kiosk.Registered || visit.CardOut):
		l.t.Fatalf("a code for the app is kept in stage %d", visit.Stage)
	case visit.Contact != (kiosk.Contact{}) && (visit.Stage < kiosk.Contacting || visit.CardOut):
		l.t.Fatalf("how somebody is reached is kept in stage %d", visit.Stage)
	case len(visit.Holder.Signature) > 0 && visit.CardOut && visit.Stage != kiosk.Making:
		l.t.Fatalf("the proof of a holder is kept in stage %d", visit.Stage)
	case visit.Stage == kiosk.NoVisit && !reflect.DeepEqual(visit, kiosk.Visit{}):
		l.t.Fatalf("nobody is there, and yet %+v", visit)
	case view.Screen == kiosk.ScreenNotice && view.Notice == "":
		l.t.Fatal("a notice of nothing")
	case goesBack(before.Visit, visit):
		l.t.Fatalf("after %T visit %d goes from stage %d to %d", in, visit.ID, before.Visit.Stage, visit.Stage)
	case visit.Stage == kiosk.Noticing && visit.CardOut && len(visit.Offers) > 0:
		l.t.Fatalf("the card is out and its appointments still on %s", word(view))
	case visit.Stage == kiosk.Informing && (!visit.CardOut || len(visit.Offers) > 0 || !reflect.DeepEqual(visit.Proof, eid.Proof{})):
		l.t.Fatalf("who asks something has %+v", visit)
	case (visit.Stage == kiosk.Informing || visit.Help) && !(view.Person.Empty() && len(view.Appointments) == 0 && view.Ticket == ""):
		l.t.Fatalf("%s shows who is in", word(view))
	case visit.Help && visit.Stage == kiosk.NoVisit, visit.Help && before.Visit.Stage != visit.Stage && (visit.Stage == kiosk.Done || visit.Stage == kiosk.Noticing):
		l.t.Fatalf("help hides how the visit in stage %d ended", visit.Stage)
	case !wayOut(view):
		l.t.Fatalf("no way out of %s but waiting: %v", word(view), view.Buttons)
	case view.Asking && view.EndsAt.IsZero():
		l.t.Fatal("asks and never ends")
	}
	for _, r := range l.s.Readers {
		if r.Spent && !r.Card {
			l.t.Fatalf("the card in %s is to be taken out and not there", r.Name)
		}
	}
	for id := range l.begun {
		gone := visit.ID != id || visit.Stage == kiosk.NoVisit
		useless := gone || visit.Stage == kiosk.Noticing && l.runs[id]
		if useless && !l.forgotten[id] {
			l.t.Fatalf("visit %d is over and what it began still runs", id)
		}
	}
}

// wayOut tells whether there is a button for whoever wants to leave a screen that asks
// something, and one that calls for help on every other.
func wayOut(v kiosk.View) bool {
	offers := func(do string) bool {
		return slices.ContainsFunc(v.Buttons, func(b kiosk.Button) bool { return b.Do == do })
	}
	switch v.Screen {
	case kiosk.ScreenHelp:
		return offers("back") || offers("stop")
	case kiosk.ScreenApp, kiosk.ScreenQuestions, kiosk.ScreenTopic, kiosk.ScreenChoose, kiosk.ScreenConfirm:
		return offers("stop") && offers("help")
	}
	return offers("help")
}

// goesBack tells whether a visit takes back what it told a person.
func goesBack(was, is kiosk.Visit) bool {
	chosenAnew := was.Stage >= kiosk.Choosing && was.Stage <= kiosk.Confirming && is.Stage >= kiosk.Choosing || mayGoOn(was) && is.Stage >= kiosk.Choosing
	ended := was.Stage == kiosk.Done && is.Stage == kiosk.Noticing
	return was.ID == is.ID && (is.Stage < was.Stage && !chosenAnew || ended)
}
