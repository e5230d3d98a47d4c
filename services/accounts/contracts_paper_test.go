package accounts_test

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/facts"
	"liuke.dev/shared/health"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/kafka/kafkatest"
	"liuke.dev/shared/objects/folder"
	"liuke.dev/shared/service"
	"liuke.dev/shared/store"
)

// dying is an engine that dies before the next commit of a contract, if it is to.
type dying struct {
	store.Engine
	now atomic.Bool
}

func (d *dying) Commit(ctx context.Context, collection string, w store.Write) error {
	if collection == "contract" && d.now.Load() {
		return errors.New("the process died")
	}
	return d.Engine.Commit(ctx, collection, w)
}

// the document of a contract is kept for as long as the contract names it. What
// a crash left before the contract named it, and what one names no more that was taken
// back to a draft, is removed after a while.
func TestDocumentsThatNoContractNames(t *testing.T) {
	dir, cluster, engine := t.TempDir(), kafkatest.New(), &dying{}
	if err := cluster.EnsureTopics(t.Context(), facts.Topics(2, 1)); err != nil {
		t.Fatal(err)
	}
	now := &atomic.Int64{}
	now.Store(int64(instant.Now()))
	o := &trade{now: now, office: start(t, tradeWith(t, now), func(d *service.Deps) {
		files, err := folder.Open(dir)
		if err != nil {
			t.Fatal(err)
		}
		engine.Engine = d.Store
		d.Store, d.Objects, d.Cluster, d.Health = engine, files, cluster, health.New(instant.Now)
	})}
	kept := func() (n int) {
		_ = fs.WalkDir(os.DirFS(dir), ".", func(path string, _ fs.DirEntry, _ error) error {
			if strings.HasSuffix(path, ".pdf") {
				n++
			}
			return nil
		})
		return n
	}
	c := o.draft(o.customer("上海华兴贸易有限公司"), items{{"product": "licence", "quantity": 2}})
	engine.now.Store(true)
	if status, _ := o.call("wang", "POST", "/v1/contracts/"+c.ID+"/submission", nil, nil); status < 500 {
		t.Fatalf("submitted to a store that is away: %d", status)
	}
	engine.now.Store(false)
	o.pass(time.Second)
	o.do("wang", c.ID, "submission", nil)
	o.do("wang", c.ID, "withdrawal", map[string]string{"reason": "改数量"})
	o.pass(time.Second)
	if c = o.do("wang", c.ID, "submission", nil); c.Status != catalogue.ContractApproved || kept() != 3 {
		t.Fatalf("%s, %d documents", c.Status, kept())
	}
	o.pass(25 * time.Hour)
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- o.service.Run(ctx) }()
	o.soon("what no contract names is gone", func() bool { return kept() == 1 })
	stop()
	if err := <-ended; err != nil {
		t.Error(err)
	}
	if status, _ := o.call("wang", "GET", "/v1/contracts/"+c.ID+"/document", nil, nil); status != 200 {
		t.Errorf("the document that is named: %d", status)
	}
}
