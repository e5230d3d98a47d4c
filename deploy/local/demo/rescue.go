package demo

import (
	"context"
	"fmt"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/instant"
)

// live is what becomes of a patron while one watches.
func (l *Life) live(ctx context.Context, n int, customer string, p patron) error {
	switch p.fate {
	case stays:
		return l.orderOn(ctx, n, customer, p)
	case recovers:
		team, err := l.awaitTeam(ctx, customer)
		if err != nil || team.ID == "" {
			return err
		}
		for i, m := range team.Team {
			if i == 2 || !rest(ctx, l.days(1)) {
				break
			}
			if err := l.outcome(ctx, team.ID, m, "ongoing", "已联系，客户表示近期补货"); err != nil {
				return err
			}
		}
		if !rest(ctx, l.days(2)) {
			return nil
		}
		if err := l.order(ctx, customer, p, fmt.Sprintf("SO-%d-again", n)); err != nil { // whatever is pending is withdrawn by itself
			return err
		}
		if err := l.conclude(ctx, team); err != nil {
			return err
		}
		return l.orderOn(ctx, n, customer, p)
	case leaves:
		return l.lose(ctx, customer, 1)
	}
	return nil
}

// orderOn orders in the patron's rhythm.
func (l *Life) orderOn(ctx context.Context, n int, customer string, p patron) error {
	for k := 0; rest(ctx, l.days(p.every)); k++ {
		if err := l.order(ctx, customer, p, fmt.Sprintf("SO-%d-new-%d", n, k)); err != nil {
			return err
		}
	}
	return nil
}

// conclude closes the intervention of a customer who is back: everybody says what they
// found, and whoever watched the whole closes it.
func (l *Life) conclude(ctx context.Context, team rescue) error {
	for _, m := range team.Team {
		if !rest(ctx, l.days(1)) {
			return nil
		}
		if err := l.outcome(ctx, team.ID, m, "recovered", "客户已恢复往来"); err != nil {
			return err
		}
	}
	return l.c.Do(ctx, director, "POST", "/v1/interventions/"+team.ID+"/closing", body{"result": "recovered", "note": "客户已恢复往来"}, nil)
}

func (l *Life) order(ctx context.Context, customer string, p patron, id string) error {
	return l.c.Do(ctx, director, "POST", "/v1/orders", body{"customer": customer, "source": "erp", "source_id": id, "placed_at": instant.Now().String(),
		"amount": body{"minor": p.yuan * 100, "currency": "CNY"}}, nil)
}

// rescue is an intervention as far as the company looks at it.
type rescue struct {
	ID   string   `json:"id"`
	Team []member `json:"team"`
}

type member struct {
	Role   string `json:"role"`
	Person string `json:"person"`
}

// awaitTeam waits until a cooling customer has got its intervention team.
func (l *Life) awaitTeam(ctx context.Context, customer string) (rescue, error) {
	for rest(ctx, l.days(0.5)) {
		var page struct {
			Items []rescue `json:"items"`
		}
		if err := l.c.Do(ctx, director, "GET", "/v1/interventions?customer="+customer, nil, &page); err != nil {
			return rescue{}, err
		}
		for _, one := range page.Items {
			if len(one.Team) == departments {
				return one, nil
			}
		}
	}
	return rescue{}, nil
}

// departments have a role in every intervention team.
const departments = 4

func (l *Life) outcome(ctx context.Context, id string, m member, result, says string) error {
	return l.c.Do(ctx, m.Person, "PUT", "/v1/interventions/"+id+"/roles/"+m.Role+"/outcome", body{"result": result, "says": says}, nil)
}

// lose lets every department try in vain; the customer is lost, and the loss is
// reviewed, everybody taking so many days for what they say.
func (l *Life) lose(ctx context.Context, customer string, pace float64) error {
	team, err := l.awaitTeam(ctx, customer)
	if err != nil || team.ID == "" {
		return err
	}
	said := map[string]string{"sales": "采购已转给竞争对手", "service": "上次投诉两周没人处理，客户很不满", "product": "介绍了新版本，客户没有回应", "operations": "邀请沙龙，客户婉拒"}
	for _, m := range team.Team {
		if !rest(ctx, l.days(pace)) {
			return nil
		}
		if err := l.outcome(ctx, team.ID, m, "churned", said[m.Role]); err != nil {
			return err
		}
	}
	if err := l.c.Do(ctx, director, "POST", "/v1/interventions/"+team.ID+"/closing", body{"result": "churned", "note": "客户确认不再合作"}, nil); err != nil {
		return err
	}
	return l.review(ctx, customer, pace)
}

// churned is a loss as far as the company looks at it.
type churned struct {
	ID           string   `json:"id"`
	Status       string   `json:"status"`
	Participants []member `json:"participants"`
}

// awaitLoss waits until the loss of a customer has its review; those of earlier
// losses are closed.
func (l *Life) awaitLoss(ctx context.Context, customer string) (churned, error) {
	for rest(ctx, l.days(1)) {
		var losses struct {
			Items []churned `json:"items"`
		}
		if err := l.c.Do(ctx, director, "GET", "/v1/customers/"+customer+"/churn", nil, &losses); err != nil {
			return churned{}, err
		}
		for _, one := range losses.Items {
			if one.Status == catalogue.ChurnOpen {
				return one, nil
			}
		}
	}
	return churned{}, nil
}

// review is what the loss teaches: everybody says what they found, the reasons are
// named, and what was learnt goes into the experience base.
func (l *Life) review(ctx context.Context, customer string, pace float64) error {
	found, err := l.awaitLoss(ctx, customer)
	if err != nil || found.ID == "" {
		return err
	}
	path := "/v1/churn-reviews/" + found.ID
	phases := map[string]string{"sales": "before", "technical": "during", "product": "during", "service": "after"}
	for _, m := range found.Participants {
		if !rest(ctx, l.days(pace)) {
			return nil
		}
		if err := l.c.Do(ctx, m.Person, "POST", path+"/findings", body{"role": m.Role, "findings": []body{{"phase": phases[m.Role], "text": "投诉后两周没有负责人跟进，客户转向竞争对手"}}}, nil); err != nil {
			return err
		}
	}
	for _, step := range []struct {
		sub string
		in  body
	}{
		{"/reasons", body{"reasons": []body{{"reason": "slow_service"}, {"reason": "competitor"}}, "competitor": "某某供应链"}},
		{"/interview", body{"way": "phone", "notes": "换货等了两周，没有人回电"}},
		{"/closing", body{"summary": "投诉没有负责人，两周后流失", "lessons": []string{"投诉当天必须有负责人和回电时间"}}},
	} {
		if err := l.c.Do(ctx, director, "POST", path+step.sub, step.in, nil); err != nil {
			return err
		}
	}
	return nil
}
