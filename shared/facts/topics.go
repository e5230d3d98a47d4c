package facts

import (
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/kafka"
)

// Topics gives all of Liuke's topics; every process makes those that are
// missing before it begins (kafka.Cluster.EnsureTopics). The number of
// partitions is fixed when a topic is first made. organization has one, so that
// a directory reads everything in one order. Those marked Whole must never be
// trimmed.
func Topics(partitions, replication int) []kafka.Topic {
	var all []kafka.Topic
	for _, name := range []string{catalogue.TopicLeads, catalogue.TopicAccounts, catalogue.TopicNotifications, catalogue.TopicJourneys, catalogue.TopicTimelineInbox} {
		all = append(all, kafka.Topic{Name: name, Partitions: max(partitions, 1), Replication: replication})
	}
	return append(all,
		kafka.Topic{Name: catalogue.TopicOperations, Partitions: 1, Replication: replication},
		kafka.Topic{Name: catalogue.TopicOrganization, Partitions: 1, Whole: true, Replication: replication},
		kafka.Topic{Name: catalogue.TopicPolicy, Partitions: 1, Compacted: true, Whole: true, Replication: replication},
		kafka.Topic{Name: catalogue.TopicDeadLetters, Partitions: 1, Compacted: true, Whole: true, Replication: replication})
}
