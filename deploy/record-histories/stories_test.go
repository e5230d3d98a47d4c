package recordhistories

import (
	"testing"

	"google.golang.org/protobuf/proto"

	"liuke.dev/shared/instant"
	"liuke.dev/workflows/host/hosttest"
)

// every kind of journey lives on
// the real server, its clock skipping, from its first fact to its end, and its
// history is kept for replay.
func TestEveryKindOnTheServer(t *testing.T) {
	s := start(t, true)
	for _, story := range hosttest.Stories() {
		t.Run(story.Kind, func(t *testing.T) {
			s := s.anew(t)
			told, begins := s.Recount(t, story, instant.Now(), s.send)
			s.send(begins...)
			id := story.Kind + "/" + story.ID
			if err := s.client.GetWorkflow(t.Context(), id, "").Get(t.Context(), nil); err != nil {
				t.Fatal(err)
			}
			told.Check()
			h := s.history(id)
			t.Logf("%s: %d events, %d bytes of history", story.Kind, len(h.Events), proto.Size(h))
			record(t, "story-of-"+story.Kind, h)
		})
	}
}
