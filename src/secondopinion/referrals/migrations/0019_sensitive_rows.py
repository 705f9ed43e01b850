"""Whose roles need not know of sensitive care does not get its rows from the database either.

The transaction says where the codes of sensitive care begin, as the law's values have them, and says nothing for whoever
may know. What was said of a referral stands above its code.
"""

from django.db import migrations

from secondopinion.people import rls

# As the owner, past the policies of the tables they read, so that no two policies ask each other in a circle. Each
# answers yes or no and shows no row.
DEFINER = "RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS"
FUNCTIONS = f"""
CREATE FUNCTION app.hides() RETURNS text LANGUAGE sql STABLE AS $$
  SELECT coalesce(current_setting('secondopinion.hides', true), '')
$$;
CREATE FUNCTION app.is_sensitive(referral uuid, code text) {DEFINER} $$
  SELECT EXISTS (
    SELECT 1 FROM unnest(string_to_array(current_setting('secondopinion.hides', true), ';')) AS segment(words)
     WHERE coalesce(
       (SELECT m.holds FROM public.referrals_sensitivemark m
         WHERE m.referral_id = $1 AND m.segment = split_part(segment.words, ':', 1) ORDER BY m.at DESC, m.id DESC LIMIT 1),
       EXISTS (SELECT 1 FROM unnest(string_to_array(split_part(segment.words, ':', 2), ',')) AS known(begins)
                WHERE starts_with(upper(replace($2, '.', '')), known.begins))))
$$;
CREATE FUNCTION app.is_sensitive_referral(referral uuid) {DEFINER} $$
  SELECT EXISTS (
    SELECT 1 FROM public.referrals_referral r WHERE r.id = $1 AND app.is_sensitive(r.id, r.condition_code))
$$;
CREATE FUNCTION app.is_sensitive_letter(letter uuid) {DEFINER} $$
  SELECT EXISTS (
    SELECT 1 FROM public.referrals_notice n JOIN public.referrals_referral r ON r.id = n.referral_id
     WHERE n.letter_id = $1 AND app.is_sensitive(r.id, r.condition_code))
$$;
"""
NO_FUNCTIONS = """
DROP FUNCTION app.is_sensitive_letter(uuid);
DROP FUNCTION app.is_sensitive_referral(uuid);
DROP FUNCTION app.is_sensitive(uuid, text);
DROP FUNCTION app.hides();
"""
OF_A_REFERRAL = ('referrals_event', 'referrals_runningclock', 'referrals_notice', 'referrals_paper',
                 'referrals_consultationreport', 'referrals_choicepage', 'referrals_translation',
                 'referrals_readingaloud', 'referrals_sensitivemark')


class Migration(migrations.Migration):

    dependencies = [
        ('letters', '0006_formats'),
        ('referrals', '0018_signed_by_the_roles_of_the_day'),
    ]

    operations = [
        migrations.RunSQL(FUNCTIONS, NO_FUNCTIONS),
        rls.need_to_know('referrals_referral', 'app.is_sensitive(id, condition_code)'),
        *(rls.need_to_know(table, 'app.is_sensitive_referral(referral_id)') for table in OF_A_REFERRAL),
        rls.need_to_know('letters_letter', 'app.is_sensitive_letter(id)'),
        rls.need_to_know('letters_mailing', 'app.is_sensitive_letter(letter_id)'),
        rls.need_to_know('letters_letterfile', 'app.is_sensitive_letter(letter_id)'),
    ]
