// Package demo is a small company that is lived through at speed: its people,
// its leads and deals, some who keep their promises and one who forgets.
package demo

import "liuke.dev/shared/catalogue"

// Password of everybody in the demo, and only there.
const Password = "liuke-demo-2026"

// person is one of the demo's people.
type person struct {
	id, name, supervisor, team string
	roles                      []string
	english                    bool
}

// people of the sample company 星辰软件, in the order in which they can be added.
var people = []person{
	{id: director, name: "陈静", roles: []string{"management", "administrator"}},
	{id: "zhou", name: "周敏", supervisor: director, roles: []string{"sales_director"}},
	{id: "li", name: "李雷", supervisor: "zhou", team: "east", roles: []string{"sales_manager"}},
	{id: "wang", name: "王芳", supervisor: "li", team: "east", roles: []string{"salesperson"}},
	{id: "zhao", name: "赵强", supervisor: "li", team: "east", roles: []string{"salesperson"}},
	{id: "sun", name: "孙丽", supervisor: "li", team: "east", roles: []string{"salesperson"}},
	{id: "smith", name: "Anna Smith", supervisor: "li", team: "east", roles: []string{"salesperson"}, english: true},
	{id: marketing, name: "吴昊", supervisor: director, roles: []string{"marketing"}},
	{id: "qian", name: "钱进", supervisor: director, roles: []string{"service"}},
	{id: "xu", name: "徐静", supervisor: director, roles: []string{"customer_success"}},
	{id: "ma", name: "马超", supervisor: director, roles: []string{"implementation"}},
	{id: "he", name: "何平", supervisor: director, roles: []string{"product"}},
	{id: "lin", name: "林霞", supervisor: director, roles: []string{"operations"}},
	{id: "guo", name: "郭亮", supervisor: director, roles: []string{"technical"}},
}

// team of the demo.
var team = catalogue.Team{ID: "east", Name: "华东销售部"}

// director runs the company and administers Liuke.
const director = "chen"

// marketing answers for the web form and for what comes in by it.
const marketing = "wu"

// forgetful never does anything after the first touch.
const forgetful = "zhao"

// diligent people do what they promised.
var diligent = []string{"wang", "sun", "smith"}
