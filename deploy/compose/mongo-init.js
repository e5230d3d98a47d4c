// Makes the replica set and the user of the services; run again it finds both.
const fs = require('fs');
const secret = name => fs.readFileSync('/run/secrets/' + name, 'utf8').trim();
const databases = ['organization', 'leads', 'accounts', 'notifications', 'insights', 'journeys'].map(name => 'liuke_' + name);

// until does something again until it succeeds, for two minutes.
function until(what, attempt) {
  for (let left = 120; ; left--) {
    try {
      return attempt();
    } catch (e) {
      if (left === 0) throw e;
      print('waiting for ' + what + ': ' + e.message);
      sleep(1000);
    }
  }
}

// The first start of the server makes the root user on loopback only, and begins anew.
const admin = until('MongoDB', () =>
  connect('mongodb://root:' + encodeURIComponent(secret('mongo_root_password')) + '@mongo:27017/admin?directConnection=true'));

try {
  admin.adminCommand({ replSetGetStatus: 1 });
} catch (e) {
  if (e.codeName !== 'NotYetInitialized') throw e;
  admin.adminCommand({ replSetInitiate: { _id: 'rs0', members: [{ _id: 0, host: 'mongo:27017' }] } });
}
until('the primary', () => {
  if (!admin.hello().isWritablePrimary) throw new Error('there is none yet');
});

const user = { pwd: secret('mongo_password'), roles: databases.map(db => ({ role: 'readWrite', db })) };
if (admin.getUser('liuke')) {
  admin.updateUser('liuke', user);
} else {
  admin.createUser({ user: 'liuke', ...user });
}
print('replica set rs0 is ready');
