package kiosk

import "slices"

// cardChanged keeps account of readers and cards, and begins or ends a visit by it.
func (s State) cardChanged(e CardEvent) (State, []Effect) {
	switch e.Kind {
	case CardsDown:
		s.ServiceDown, s.Readers = true, nil
		return s.cardGone("")
	case CardsUp:
		s.ServiceDown = false
		return s, nil
	case ReaderReady:
		s.Readers = withReader(s.Readers, Reader{Name: e.Reader})
		return s, nil
	case ReaderClaimed:
		s.Readers = withReader(s.Readers, Reader{Name: e.Reader, Claimed: true})
		return s.cardGone(e.Reader)
	case ReaderLost:
		s.Readers = slices.DeleteFunc(slices.Clone(s.Readers), func(r Reader) bool { return r.Name == e.Reader })
		return s.cardGone(e.Reader)
	case CardRemoved:
		s.Readers = withReader(s.Readers, Reader{Name: e.Reader})
		return s.cardGone(e.Reader)
	case CardInserted, CardMute:
		s.Readers = withReader(s.Readers, Reader{Name: e.Reader, Card: true})
		return s.cardCame(e)
	}
	return s, nil
}

// withReader gives the list with r in it, without changing the list.
func withReader(list []Reader, r Reader) []Reader {
	list = slices.Clone(list)
	for i := range list {
		if list[i].Name == r.Name {
			list[i] = r
			return list
		}
	}
	return append(list, r)
}

// cardCame begins a visit, unless one is under way: then the card has its turn
// after a promise that is being kept, and must be put in again otherwise.
func (s State) cardCame(e CardEvent) (State, []Effect) {
	mute := e.Kind == CardMute
	switch v := s.Visit; {
	case s.TakeOut:
		return s, nil
	case v.Stage == NoVisit, (v.Stage == Done || v.Stage == Noticing) && v.CardOut:
		s, effects := s.forgetQuietly()
		if mute {
			return s.muteCard(e.Reader), effects
		}
		s, more := s.begin(e.Reader)
		return s, append(effects, more...)
	case v.busy() && v.CardOut && !mute:
		s.Next = e.Reader
	}
	return s, nil
}

// forgetQuietly ends a visit that only shows its last screen.
func (s State) forgetQuietly() (State, []Effect) {
	if s.Visit.Stage == NoVisit {
		return s, nil
	}
	id := s.Visit.ID
	s.Visit = Visit{}
	s.Language = s.Settings.Languages[0]
	return s, []Effect{Forget{id}}
}

// muteCard is a visit of a card that does not answer.
func (s State) muteCard(reader string) State {
	s.LastVisit++
	s.Visit = Visit{ID: s.LastVisit, Reader: reader}
	return s.notice("card-mute")
}

// cardGone is a card taken out, or a reader lost with the card in it; an empty
// reader is all of them.
func (s State) cardGone(reader string) (State, []Effect) {
	if s.TakeOut && !s.cardIn() {
		s.TakeOut = false
	}
	if s.Next == reader || reader == "" {
		s.Next = ""
	}
	v := s.Visit
	if v.Stage == NoVisit || v.CardOut || reader != "" && v.Reader != reader {
		return s, nil
	}
	s.Visit.CardOut = true
	switch {
	case v.busy():
		return s, nil
	case v.Stage == Done:
		s.Visit.EndsAt = s.Now.Add(doneCardOut)
		return s, nil
	case v.Stage == Noticing && v.Notice != "card-mute":
		return s, nil
	case v.Stage == Reading:
		return s.notice("card-removed"), []Effect{Forget{v.ID}}
	}
	// Before the promise: the person went, and everything of them with it.
	return s.end()
}
